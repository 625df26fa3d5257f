/** One requirement as it was written, in a form that every installer takes. */
export type Requirement = {
  /** As written. */
  readonly name: string
  /** Name, extras, version and marker, without comment and options. */
  readonly text: string
  /** `==1.0,<2`; empty when any version will do. */
  readonly versions: string
  /** Has extras or a marker: only an installer can tell whether it is met. */
  readonly isPlain: boolean
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** A line that leads to another file. */
type Include = { readonly include: string; readonly line: number }

/** A line that is not followed, and why in words that go on from «it …». */
type Refused = { readonly refused: string; readonly text: string; readonly line: number }

/** What one line of a requirements file is. */
export type RequirementLine = Requirement | Include | Refused

/**
 * Reads the text of a requirements file. Lines that say where packages come from, or in which form, are passed over: what one
 * node names there would hold for the packages of all nodes. Pure.
 */
export function requirementLines(text: string, file: string): readonly RequirementLine[] {
  return joined(text).flatMap(({ line, text: whole }) => {
    const bare = whole.replace(/(^|\s)#.*$/, '').trim()
    return bare === '' ? [] : parse(bare, file, line)
  })
}

type Line = { readonly text: string; readonly line: number }

// A backslash at the end of a line goes on in the next.
function joined(text: string): readonly Line[] {
  const lines: { text: string; line: number }[] = []
  let open: { text: string; line: number } | undefined
  for (const [at, each] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const goesOn = each.endsWith('\\')
    const part = goesOn ? each.slice(0, -1) : each
    if (open === undefined) {
      open = { text: part, line: at + 1 }
      lines.push(open)
    } else open.text += part
    if (!goesOn) open = undefined
  }
  return lines
}

const INCLUDE = /^(?:-r\s*|--requirement(?:\s+|=))(.+)$/

/** Options that choose where packages come from, or in which form: the settings of the machine decide that. */
const PASSED_OVER =
  /^(-i\b|-f\b|-c\b|--(index-url|extra-index-url|no-index|find-links|trusted-host|pre|prefer-binary|no-binary|only-binary|require-hashes|use-feature|constraint|no-build-isolation)\b)/

const NAME = '[A-Za-z0-9](?:[\\w.-]*[A-Za-z0-9])?'
const CLAUSE = '(?:===|==|~=|!=|<=|>=|<|>)\\s*[\\w.*+!-]+'
const WHOLE = new RegExp(
  `^(${NAME})\\s*(\\[[^\\]]*\\])?\\s*(\\(?\\s*${CLAUSE}(?:\\s*,\\s*${CLAUSE})*\\s*,?\\s*\\)?)?\\s*(;.+)?$`,
)

function parse(bare: string, file: string, line: number): readonly RequirementLine[] {
  const include = INCLUDE.exec(bare)?.[1]
  if (include !== undefined) return [{ include: include.trim(), line }]
  if (PASSED_OVER.test(bare)) return []
  const text = bare.replace(/\s+--?(hash|config-settings|global-option)[= ].*$/, '').trim()
  const refuse = (refused: string) => [{ refused, text: bare, line }]
  if (/^(-e\b|--editable\b)/.test(bare)) return refuse('installs from a folder, which -e asks for')
  if (bare.startsWith('-')) return refuse('is an option that is not known here')
  if (/(^|@\s*|\+)[a-z][a-z+]*:\/\//i.test(bare)) return refuse('names an address instead of a version')
  if (/^\.{0,2}\//.test(bare) || /\.(whl|zip|tar\.\w+)$/i.test(bare)) return refuse('names a file')
  const [, name, extras = '', versions = '', marker = ''] = WHOLE.exec(text) ?? []
  if (name === undefined) return refuse('cannot be understood')
  return [
    {
      name,
      text: text.replaceAll(/\s+/g, ' '),
      versions: versions.replaceAll(/[\s()]/g, '').replace(/,$/, ''),
      isPlain: extras === '' && marker === '',
      file,
      line,
    },
  ]
}
