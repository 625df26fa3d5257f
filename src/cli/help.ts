import { columns } from '../base/text.ts'
import { type CommandName, commandEntry, commands, isCommand, switchEntry } from './commands.ts'
import { optionSections } from './option-sections.ts'
import { optionsFor } from './options-for.ts'

/** What `comfy-init --help` prints: how words are read, the commands, every option, and the exit codes. */
export function programHelp(): string {
  const names = Object.keys(commands).filter(isCommand)
  return [
    'comfy-init is the program a ComfyUI container starts with: it checks the machine, puts ComfyUI in its place and\nwatches over it.',
    `USAGE\n${columns(USAGE.map(indented))}`,
    `COMMANDS\n${columns(names.map((name) => indented([name, commandEntry(name).about])))}`,
    'Options are environment variables, flags of run, plan, doctor and explain, or lines of a settings file.\ncomfy-init explain NAME tells all about one.',
    ...optionSections().map(
      ({ title, options }) =>
        `${title.toUpperCase()}\n${columns(options.map(({ env, flag, about }) => indented([env, flag, about])))}`,
    ),
    `EXIT CODES\n${columns(EXIT_CODES.map(indented))}`,
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

/** What `comfy-init COMMAND --help` prints. */
export function commandHelp(name: CommandName): string {
  const entry = commandEntry(name)
  const own = entry.switches.map((each) => {
    const { about, value, short } = switchEntry(each)
    return [
      `${short === undefined ? '' : `-${short}, `}--${each}${value === undefined ? '' : ` ${value}`}`,
      about,
    ]
  })
  const options = optionsFor(entry).map(({ flag, value, about }) => [`--${flag} ${value}`, about])
  const flags = [...own, ...options].map(indented)
  return [
    `${usageOf(name)}`,
    entry.about,
    ...(entry.words === undefined ? [] : [`${entry.words.name}: ${entry.words.about}.`]),
    ...(flags.length === 0 ? [] : [`FLAGS\n${columns(flags)}`]),
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

/** A command's form: `comfy-init logs [FLAGS] SERVICE`. */
export function usageOf(name: CommandName): string {
  const { words, switches, options } = commandEntry(name)
  const flags = switches.length > 0 || options !== 'none' ? ['[FLAGS]'] : []
  return ['comfy-init', name, ...flags, ...wordsForm(name, words)].join(' ')
}

/** Exit codes and what they mean. */
export const EXIT_CODES = [
  [
    '0',
    'asked to stop, and everything ended in time; ComfyUI ended by itself with 0; the question was answered',
  ],
  ['1', 'health: not ready'],
  ['64', 'the command line is wrong'],
  ['69', 'the machine is not as needed: mounts, permissions, GPU, nobody running'],
  ['70', 'a mistake in comfy-init itself'],
  ['75', 'it may work later: a port in use, a server that does not answer'],
  ['78', 'a setting is wrong'],
  ['126', 'a program that was passed through cannot be started'],
  ['127', 'a program that was passed through is not found'],
  ['128+n', 'ended by signal n'],
  ['other', 'ComfyUI’s own exit code, or the one of the program that was passed through'],
] as const

/** The forms of a command line. */
export const USAGE = [
  ['comfy-init', 'starts ComfyUI'],
  ['comfy-init --lowvram …', 'the same; flags other than --help, -h and --version go to ComfyUI'],
  ['comfy-init COMMAND …', 'one of the commands below; COMMAND --help tells more'],
  ['comfy-init PROGRAM …', 'any other word is a program, run as it is: comfy-init bash'],
] as const

function indented(cells: readonly string[]): readonly string[] {
  return ['', ...cells]
}

function wordsForm(name: CommandName, words: ReturnType<typeof commandEntry>['words']): readonly string[] {
  if (words === undefined) return []
  const dashes = name === 'run' || name === 'exec' ? '-- ' : ''
  const form = `${dashes}${words.name}${words.most > 1 ? '…' : ''}`
  return [words.least === 0 ? `[${form}]` : form]
}
