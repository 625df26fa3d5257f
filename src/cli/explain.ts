import { columns } from '../base/text.ts'
import { type Explained, explain } from '../settings/explain.ts'
import type { Desk, Typed } from './desk.ts'
import { json } from './print.ts'
import { problemsText, wantsColour } from './show-problems.ts'

/** `comfy-init explain [NAME]`: every setting in a table, or all about one; complaints about how they are written follow. */
export async function explainOptions(
  { host, acts }: Desk,
  { flags, json: asJson, words }: Typed,
): Promise<number> {
  const { settings, origins, problems } = await acts.ask(host, { flags, comfyArgs: [] })
  const found = explain(settings, origins, words[0])
  if (asJson) {
    host.out.stdout(json(found))
    return 0
  }
  const [only] = found
  host.out.stdout(words[0] !== undefined && only !== undefined ? detailText(only) : tableText(found))
  host.out.stderr(
    problemsText(
      problems.map((each) => each.toJSON()),
      wantsColour(host, 'stderr'),
    ),
  )
  return 0
}

function tableText(all: readonly Explained[]): string {
  const rows = all.map(({ env, value, origin }) => [env, shown(value), origin])
  return `${columns([['SETTING', 'VALUE', 'FROM'], ...rows])}\n`
}

function detailText(one: Explained): string {
  const rows = [
    ['value', shown(one.value)],
    ['from', one.origin],
    ['default', one.fallback],
    ['accepts', one.accepts],
    ['flag', one.flag ?? 'none: it is read from the environment alone'],
    ...(one.aliases.length === 0 ? [] : [['also', one.aliases.join(', ')]]),
    ...(one.secret ? [['secret', `never shown; ${one.env}_FILE names a file that holds it`]] : []),
  ]
  return `${one.env}: ${one.about}\n${columns(rows.map((row) => ['', ...row]))}\n`
}

// An empty text is a value too: COMFY_NODES= means none.
function shown(value: string | undefined): string {
  return value === undefined ? '-' : value === '' ? '(none)' : value
}
