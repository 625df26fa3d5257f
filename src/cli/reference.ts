import { type CommandName, commandEntry, commands, isCommand, switchEntry } from './commands.ts'
import { EXIT_CODES, USAGE } from './help.ts'
import { optionsFor } from './options-for.ts'
import { makeProgram } from './program.ts'

/** The commands as a page of the reference, in Markdown; made from the same tables as the help. */
export function commandsReference(): string {
  const names = Object.keys(commands).filter(isCommand)
  const program = makeProgram({ stdout: () => true })
  const usages = new Map(program.commands.map((each) => [each.name(), each.createHelp().commandUsage(each)]))
  return [
    '# Commands',
    'The first word decides, as in Docker’s official images:',
    table(
      ['Typed', 'What it does'],
      USAGE.map(([form, about]) => [`\`${form}\``, about]),
    ),
    ...names.flatMap((name) => sectionOf(name, usages.get(name) ?? '')),
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      EXIT_CODES.map(([code, meaning]) => [code, meaning]),
    ),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

function sectionOf(name: CommandName, usage: string): readonly string[] {
  const entry = commandEntry(name)
  const options = optionsFor(entry)
  const own = entry.switches.map((each) => {
    const { about, value, short } = switchEntry(each)
    const shortForm = short === undefined ? '' : `\`-${short}\`, `
    return [`${shortForm}\`--${each}${value === undefined ? '' : ` ${value}`}\``, about]
  })
  return [
    `## ${name}`,
    `\`${usage}\``,
    entry.about,
    ...(entry.words === undefined ? [] : [`${entry.words.name}: ${entry.words.about}.`]),
    ...(own.length === 0 ? [] : [table(['Switch', 'What it does'], own)]),
    ...(entry.options === 'all' ? ['Takes every setting as a flag too.'] : []),
    ...(entry.options === 'where'
      ? [
          `Finds the running comfy-init by ${options.map(({ flag }) => `\`--${flag}\``).join(', ')} or their variables.`,
        ]
      : []),
  ]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
