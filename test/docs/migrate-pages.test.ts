import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../../src/base/catalogue.ts'
import { commands } from '../../src/cli/commands.ts'
import { optionKeys, optionOf } from '../../src/settings/settings.ts'

const HOW_TO = join(import.meta.dirname, '../../docs/how-to')
const PAGES = [
  'come-from-another-image.md',
  'put-it-into-your-image.md',
  ...readdirSync(join(HOW_TO, 'migrate')).map((name) => `migrate/${name}`),
]

/** Every name of a setting, and the variable that the setting is called by. */
const NAMES: ReadonlyMap<string, string> = new Map(
  optionKeys.map(optionOf).flatMap(({ env, aliases = [], secret }) => {
    const names = [env, ...aliases]
    return [...names, ...(secret ? names.map((each) => `${each}_FILE`) : [])].map(
      (each) => [each, env] as const,
    )
  }),
)

/** What others read: the container runtime, and Hugging Face’s library. */
const OTHERS: ReadonlySet<string> = new Set(['NVIDIA_VISIBLE_DEVICES', 'HF_HOME'])

describe.each(PAGES)('docs/how-to/%s', (page) => {
  const text = readFileSync(join(HOW_TO, page), 'utf8')

  test('names only settings that there are', () => {
    const ours = rowsOf(text).flatMap(([, here]) => namesIn(here))
    const begun = text.replace(/^\|[^|]*\|/gm, '|').match(/\bCOMFY_[A-Z0-9_]+/g) ?? []
    const named = [...begun, ...ours.filter((each) => each.includes('_'))]
    expect(named.filter((each) => !NAMES.has(each) && !OTHERS.has(each) && !(each in catalogue))).toEqual([])
  })

  test('sets only variables that are read', () => {
    const set = [...text.matchAll(/-e ([A-Z][A-Z0-9_]+)\b/g)].map(([, name = '']) => name)
    expect(set.filter((each) => !NAMES.has(each) && !OTHERS.has(each))).toEqual([])
  })

  test('says of each variable whether it is read, and as which setting', () => {
    const wrong = rowsOf(text).flatMap(([there, here]) => {
      const theirs = namesIn(there)
      if (!here.startsWith('read, as ')) return theirs.filter((each) => NAMES.has(each))
      const ours = namesIn(here)
      return theirs.filter((each, at) => NAMES.get(each) !== ours[at])
    })
    expect(wrong).toEqual([])
  })

  test('names only commands that there are', () => {
    const typed = [...text.matchAll(/`comfy-init ([a-z]+)/g)].map(([, word = '']) => word)
    expect(typed.filter((word) => !(word in commands))).toEqual([])
  })

  test('names only problems that there are', () => {
    const codes = withoutCode(text).match(/\b[A-Z]+(_[A-Z]+)+\b/g) ?? []
    expect(codes.filter((each) => !(each in catalogue))).toEqual([])
  })
})

test('a page that is wrong about a variable is found out', () => {
  expect(namesIn('`COMFY_PORT`, and `--port` or `COMFY_ARGS=--x`')).toEqual(['COMFY_PORT', 'COMFY_ARGS'])
  expect(rowsOf('| there | here |\n|---|---|\n| `PUID` | not read |\n')).toEqual([['`PUID`', 'not read']])
  expect([NAMES.get('PUID'), NAMES.get('PUDI'), NAMES.get('HF_API_TOKEN_FILE')]).toEqual([
    'COMFY_UID',
    undefined,
    'HF_TOKEN',
  ])
})

/** The rows of each table whose head is «there | here». */
function rowsOf(text: string): readonly (readonly [string, string])[] {
  const tables = [...text.matchAll(/^\| there \| here \|\n\|[-|]+\|\n((?:\|.*\n)+)/gm)]
  return tables.flatMap(([, rows = '']) =>
    rows.split('\n').flatMap((row) => {
      const [, there, here] = row.split('|').map((each) => each.trim())
      return there === undefined || here === undefined ? [] : [[there, here] as const]
    }),
  )
}

/** Variables in code spans, with or without a value. */
function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)(?:=[^`]*)?`/g)]
    .map(([, name = '']) => name)
    .filter((name) => name.length > 1)
}

function withoutCode(text: string): string {
  return text.replace(/^ {4}.*$/gm, '').replace(/`[^`\n]*`/g, '')
}
