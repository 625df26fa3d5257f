import { parseArgs } from 'node:util'
import { Problem } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import { type CommandName, commandEntry, type SwitchName, switchEntry } from './commands.ts'
import type { Typed } from './desk.ts'
import { optionsFor } from './options-for.ts'

/**
 * Reads the words after a command by the tables. Values stay text: the settings judge them, all of them together. Throws
 * ARGUMENTS_INVALID, which never repeats a value: it may be a token.
 */
export function parse(name: CommandName, args: readonly string[]): Typed {
  const entry = commandEntry(name)
  const known = new Map<string, Flag>([
    ...entry.switches.map((each) => [each, flagOf(each)] as const),
    ...optionsFor(entry).map(({ flag }) => [flag, { type: 'string' }] as const),
  ])
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(known),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const words: string[] = []
  const given = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const complaint = complaintAbout(token, known, given)
    if (complaint !== undefined) throw refused(name, complaint)
    given.set(token.name, token.value ?? '')
  }
  checkWords(name, words)
  return typedFrom(given, entry.switches, words)
}

type Flag = { readonly type: 'string' | 'boolean'; readonly short?: string }

type OptionToken = {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

/** What is said about a command line that makes no sense, and what to type where that is known. */
type Complaint = { readonly message: string; readonly hint?: string }

function flagOf(name: SwitchName): Flag {
  const { value, short } = switchEntry(name)
  return { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) }
}

function complaintAbout(
  { name, rawName, value, inlineValue }: OptionToken,
  known: ReadonlyMap<string, Flag>,
  given: ReadonlyMap<string, string>,
): Complaint | undefined {
  const flag = known.get(name)
  if (flag === undefined) return unknownFlag(rawName, [...known.keys()])
  if (given.has(name)) return { message: `--${name} is given twice.` }
  if (flag.type === 'boolean') return inlineValue ? { message: `--${name} takes no value.` } : undefined
  if (value === undefined) return { message: `--${name} lacks its value.` }
  if (!inlineValue && value.startsWith('-'))
    return {
      message: `--${name} lacks its value, or the value begins with a dash.`,
      hint: `A value that begins with a dash is written behind an equals sign: --${name}=-…`,
    }
  return undefined
}

function unknownFlag(rawName: string, known: readonly string[]): Complaint {
  const near = nearest(rawName.replace(/^-+/, ''), known)
  if (near !== undefined) return { message: `There is no flag ${rawName}. Did you mean --${near}?` }
  return { message: `There is no flag ${rawName}.` }
}

function refused(command: CommandName, { message, hint }: Complaint): Problem {
  const forComfyui = command === 'run' && /^There is no flag \S+\.$/.test(message)
  return new Problem('ARGUMENTS_INVALID', {
    command,
    message,
    hint: forComfyui ? 'ComfyUI’s own arguments go after --: comfy-init run -- --lowvram' : hint,
  })
}

function checkWords(name: CommandName, found: readonly string[]): void {
  const { words } = commandEntry(name)
  const tooMany = found[words?.most ?? 0]
  if (tooMany !== undefined) throw refused(name, { message: `«${tooMany}» is one word too many.` })
  if (words !== undefined && found.length < words.least)
    throw refused(name, { message: `${words.name} is missing: ${words.about}.` })
}

function typedFrom(
  given: ReadonlyMap<string, string>,
  switches: readonly SwitchName[],
  words: readonly string[],
): Typed {
  const names: readonly string[] = switches
  return {
    flags: Object.fromEntries([...given].filter(([name]) => !names.includes(name))),
    json: given.has('json'),
    live: given.has('live'),
    follow: given.has('follow'),
    lines: given.get('lines'),
    words,
  }
}
