import { Problem } from '../base/problem.ts'
import { type CommandName, commandEntry, isCommand, switches } from './commands.ts'
import { optionsFor } from './options-for.ts'

/**
 * Throws ARGUMENTS_INVALID where flags of ours stand before a command's name, which would go to ComfyUI as they are.
 * Values and words are left out of what it says: they may be tokens.
 */
export function refuseFlagsFirst(argv: readonly string[]): void {
  const values = new Set(optionsFor(commandEntry('run')).map(({ flag }) => `--${flag}`))
  const flags: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (isCommand(word)) throw wrongOrder(word, flags, argv.length > at + 1)
    const [flag = '', inline] = word.split('=', 2)
    if (values.has(flag)) {
      flags.push(`${flag}=…`)
      if (inline === undefined) at++
    } else if (isSwitch(flag)) flags.push(flag)
    else return
  }
}

function isSwitch(flag: string): boolean {
  return flag.startsWith('--') && Object.hasOwn(switches, flag.slice(2))
}

function wrongOrder(command: CommandName, flags: readonly string[], hasMore: boolean): Problem {
  return new Problem('ARGUMENTS_INVALID', {
    command,
    message: `${flags.join(' ')} stands before ${command}; flags of a command come after its name.`,
    hint: ['comfy-init', command, ...flags, ...(hasMore ? ['…'] : [])].join(' '),
  })
}
