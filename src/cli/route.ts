import { isCommand } from './commands.ts'

/** Where a command line leads. */
export type Route =
  /** The boot itself, loading nothing of the command line. */
  | { readonly to: 'boot'; readonly comfyArgs: readonly string[] }
  /** The container's health probe, loading nothing else either. */
  | { readonly to: 'health'; readonly live: boolean }
  /** Flags with the name of a command of ours behind: a boot, unless they are our own and stand on its wrong side. */
  | { readonly to: 'flags-first'; readonly argv: readonly string[] }
  /** One of our commands, with words to be parsed. */
  | { readonly to: 'command'; readonly argv: readonly string[] }
  /** Somebody else's program, run as it is. */
  | { readonly to: 'program'; readonly name: string; readonly args: readonly string[] }

/** What people type for the version; ComfyUI knows none of them. */
const VERSION: readonly string[] = ['--version', '-v', '-V']

/**
 * Reads the first words as Docker's official images do: nothing or flags start ComfyUI, a command of ours is ours,
 * everything else is a program.
 */
export function route(argv: readonly string[]): Route {
  const [first, ...rest] = argv
  if (first === undefined) return { to: 'boot', comfyArgs: [] }
  if (first === '--help' || first === '-h') return { to: 'command', argv: ['--help'] }
  if (first === 'help') return { to: 'command', argv: helpOf(rest) }
  if (VERSION.includes(first)) return { to: 'command', argv: ['version', ...rest] }
  if (first === '--') return { to: 'boot', comfyArgs: rest }
  if (first.startsWith('-'))
    return argv.some(isCommand) ? { to: 'flags-first', argv } : { to: 'boot', comfyArgs: argv }
  if (!isCommand(first)) return { to: 'program', name: first, args: rest }
  if (first === 'run' && rest.length === 0) return { to: 'boot', comfyArgs: [] }
  if (first === 'run' && rest[0] === '--') return { to: 'boot', comfyArgs: rest.slice(1) }
  if (first === 'exec') return programRoute(rest) ?? { to: 'command', argv }
  if (first === 'health' && rest.length === 0) return { to: 'health', live: false }
  if (first === 'health' && rest.length === 1 && rest[0] === '--live') return { to: 'health', live: true }
  return { to: 'command', argv }
}

// `help` is a word of the shell, no program, so that it hides none; exec -- help runs one all the same.
function helpOf([name = '']: readonly string[]): readonly string[] {
  return isCommand(name) ? [name, '--help'] : ['--help']
}

// `exec -- -x` may run a program whose name starts with a dash; without the dashes that would be a flag of ours.
function programRoute(words: readonly string[]): Route | undefined {
  const [name, ...args] = words[0] === '--' ? words.slice(1) : words
  if (name === undefined || (words[0] !== '--' && name.startsWith('-'))) return undefined
  return { to: 'program', name, args }
}
