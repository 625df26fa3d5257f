import { type Command, CommanderError } from 'commander'
import { Problem } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import { type CommandName, commandEntry, isCommand, takesComfyArguments } from './commands.ts'
import type { Typed } from './desk.ts'
import { optionsFor } from './options-for.ts'

/**
 * Reads a command line by the program's commands, or prints the help that it asks for. Throws ARGUMENTS_INVALID, which
 * never repeats a value or a word: it may be a token. Commander's own messages do, and only the flag in them is shown.
 */
export function parse(program: Command, argv: readonly string[]): Parsed | 'help' {
  const [name = '', ...args] = argv
  const command = program.commands.find((each) => each.name() === name)
  if (command === undefined || !isCommand(name)) {
    program.outputHelp()
    return 'help'
  }
  try {
    refuseDashes(command, args)
    program.parse(argv, { from: 'user' })
    refuseLooseWords(name, command.args, args)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return 'help'
    throw new Problem('ARGUMENTS_INVALID', { command: name, ...complaintAbout(name, command, error) })
  }
  return { name, typed: typedFrom(name, command) }
}

type Parsed = { readonly name: CommandName; readonly typed: Typed }

/** What is said about a command line that makes no sense, and what to type where that is known. */
type Complaint = { readonly message: string; readonly hint?: string }

const DASH = 'dash'
const LOOSE = 'loose'

// Commander takes whatever follows as the value: `--workspace --json` would name a folder.
function refuseDashes({ options }: Command, args: readonly string[]): void {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end + 1)
  const bare = options.find(({ long, required }) => {
    const at = required && long !== undefined ? own.indexOf(long) : -1
    return at !== -1 && own[at + 1]?.startsWith('-')
  })
  if (bare !== undefined) throw new CommanderError(64, DASH, `'${bare.long}'`)
}

// Before -- a forgotten dash or a value behind a blank would otherwise go to ComfyUI.
function refuseLooseWords(name: CommandName, words: readonly string[], args: readonly string[]): void {
  const end = args.indexOf('--')
  const behind = end === -1 ? 0 : args.length - end - 1
  if (takesComfyArguments(name) && words.length > behind) throw new CommanderError(64, LOOSE, '')
}

function complaintAbout(
  name: CommandName,
  command: Command,
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
): Complaint {
  const flag = /'(--[\w-]+|-[^-'])/.exec(message)?.[1] ?? 'A flag'
  const { words } = commandEntry(name)
  switch (code) {
    case DASH:
      return {
        message: `${flag} lacks its value, or the value begins with a dash.`,
        hint: `A value that begins with a dash is written behind an equals sign: ${flag}=-…`,
      }
    case LOOSE:
      return { message: `${name} takes no word before --.`, hint: comfyHint(name) }
    case 'commander.unknownOption':
      return unknownFlag(name, command, flag)
    case 'commander.optionMissingArgument':
      return { message: `${flag} lacks its value.` }
    case 'commander.invalidArgument':
      return { message: `${flag} is given twice.` }
    case 'commander.missingArgument':
      return {
        message: `${words?.name ?? 'A word'} is missing: ${words?.about}.`,
        hint: `comfy-init ${name} ${words?.example ?? ''}`,
      }
    default:
      return { message: `${name} takes ${words === undefined ? 'no word' : 'one word'} beside its flags.` }
  }
}

function unknownFlag(name: CommandName, command: Command, flag: string): Complaint {
  const options = command.createHelp().visibleOptions(command)
  const known = options.find(({ long }) => long === flag)
  if (known !== undefined) return { message: `${flag} ${known.required ? 'lacks its' : 'takes no'} value.` }
  const near = nearest(
    flag.replace(/^-+/, ''),
    options.map((each) => each.name()),
  )
  if (near !== undefined) return { message: `There is no flag ${flag}. Did you mean --${near}?` }
  const message = `There is no flag ${flag}.`
  return takesComfyArguments(name) ? { message, hint: comfyHint(name) } : { message }
}

function comfyHint(name: CommandName): string {
  return `ComfyUI’s own arguments go after --: comfy-init ${name} -- --lowvram`
}

function typedFrom(name: CommandName, command: Command): Typed {
  const { json = false, live = false, follow = false, lines, as } = command.opts<Partial<Switches>>()
  const flags = new Set(optionsFor(commandEntry(name)).map(({ flag }) => flag))
  const given = command.options
    .filter((each) => flags.has(each.name()))
    .map((each) => [each.name(), command.getOptionValue(each.attributeName())] as const)
    .filter(([, value]) => value !== undefined)
  return { flags: Object.fromEntries(given), json, live, follow, lines, as, words: command.args }
}

type Switches = Pick<Typed, 'json' | 'live' | 'follow' | 'lines' | 'as'>
