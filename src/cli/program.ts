import { isCommand } from './commands.ts'
import type { Desk } from './desk.ts'
import { commandHelp, programHelp } from './help.ts'
import { parse } from './parse.ts'
import { perform } from './perform.ts'

/** Reads a command line of ours, whose first word is a command or --help, and runs it. Throws Problems. */
export async function runCommand(desk: Desk, argv: readonly string[]): Promise<number> {
  const [first = '', ...args] = argv
  if (!isCommand(first)) {
    desk.host.out.stdout(programHelp())
    return 0
  }
  const dashes = args.indexOf('--')
  const own = dashes === -1 ? args : args.slice(0, dashes)
  if (own.includes('--help') || own.includes('-h')) {
    desk.host.out.stdout(commandHelp(first))
    return 0
  }
  return perform(desk, first, parse(first, args))
}
