import { Command, InvalidArgumentError, Option } from 'commander'
import type { Host } from '../host/host.ts'
import {
  type CommandName,
  commandEntry,
  commands,
  isCommand,
  switchEntry,
  takesComfyArguments,
} from './commands.ts'
import type { Desk } from './desk.ts'
import { ABOUT, exitCodesText, usageText, variablesText } from './help.ts'
import { sectionsFor } from './options-for.ts'
import { parse } from './parse.ts'
import { perform } from './perform.ts'

/** Reads a command line of ours, whose first word is a command or --help, and runs it. Throws Problems. */
export async function runCommand(desk: Desk, argv: readonly string[]): Promise<number> {
  const chosen = parse(makeProgram(desk.host.out), argv)
  return chosen === 'help' ? 0 : perform(desk, chosen.name, chosen.typed)
}

/** The commands and their flags as commander reads and describes them. Values stay text: the settings judge them. */
export function makeProgram({ stdout }: Pick<Host['out'], 'stdout'>): Command {
  const program = new Command('comfy-init')
    .description(ABOUT)
    .usage(usageText())
    .helpOption('-h, --help', 'Prints this help.')
    .helpCommand(false)
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      styleTitle: (title) => (title === 'Options:' ? 'Flags:' : title),
    })
    // Complaints are thrown, and shown at the door as every other problem is.
    .configureOutput({ writeOut: stdout, outputError: () => {} })
    .exitOverride()
    .addHelpText('after', () => `\n${variablesText()}`)
    .addHelpText('afterAll', () => `\n${exitCodesText()}`)
  for (const name of Object.keys(commands).filter(isCommand)) describe(program.command(name), name)
  return program
}

// Nothing here is given commander's own default or env: values would then look as if they had been typed.
function describe(command: Command, name: CommandName): void {
  const entry = commandEntry(name)
  command.description(entry.about)
  if (entry.words !== undefined) {
    const { name: word, about, least, most } = entry.words
    const form = `${word}${most > 1 ? '...' : ''}`
    command.argument(least === 0 ? `[${form}]` : `<${form}>`, about)
  }
  command.usage(usageOf(name))
  for (const each of entry.switches) {
    const { about, value, short } = switchEntry(each)
    const flags = `${short === undefined ? '' : `-${short}, `}--${each}`
    command.addOption(value === undefined ? new Option(flags, about) : valued(`${flags} <${value}>`, about))
  }
  for (const { title, options } of sectionsFor(entry)) {
    command.optionsGroup(`${title}:`)
    for (const { env, flag, value, about, why } of options)
      command.addOption(valued(`--${flag} <${value}>`, `${about} (${env}; by default ${why})`))
  }
}

function usageOf(name: CommandName): string {
  const { words } = commandEntry(name)
  if (words === undefined) return '[flags]'
  const form = `${words.name}${words.most > 1 ? '...' : ''}`
  if (name === 'exec') return `-- ${form}`
  if (takesComfyArguments(name)) return `[flags] [-- ${form}]`
  return `[flags] ${words.least === 0 ? `[${form}]` : `<${form}>`}`
}

function valued(flags: string, about: string): Option {
  return new Option(flags, about).argParser((value: string, before: string | undefined) => {
    if (before !== undefined) throw new InvalidArgumentError('given twice')
    return value
  })
}
