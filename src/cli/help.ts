import { columns } from '../base/text.ts'
import { SECTIONS } from './options-for.ts'

/** What the program is, in one sentence. */
export const ABOUT =
  'comfy-init is the program a ComfyUI container starts with: it checks the machine, puts ComfyUI in its place and watches over it.'

/** Exit codes and what they mean. */
export const EXIT_CODES = [
  [
    '0',
    'asked to stop, and everything ended in time; ComfyUI ended by itself with 0; the question was answered',
  ],
  ['1', 'health: not ready; workspace verify: the code was changed; nodes: something of a node failed'],
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
  ['comfy-init --lowvram …', 'the same; flags other than --help, -h, --version, -v and -V go to ComfyUI'],
  ['comfy-init COMMAND …', 'one of the commands below; COMMAND --help tells more'],
  ['comfy-init PROGRAM …', 'any other word is a program, run as it is: comfy-init bash'],
] as const

/** The forms one below the other, as they stand behind `Usage: comfy-init `. */
export function usageText(): string {
  return columns(USAGE)
    .slice('comfy-init '.length)
    .replaceAll('\n', `\n${' '.repeat(7)}`)
}

/** Every setting by its variable, in sections; the flags and defaults are in the help of the commands that take them. */
export function variablesText(): string {
  const sections = SECTIONS.map(({ title, options }) =>
    block(
      title,
      options.map(({ env, about }) => [env, about]),
    ),
  )
  return [
    'Settings are environment variables, flags of run, plan, doctor and explain (comfy-init run --help), or lines of a\nsettings file. comfy-init explain NAME tells all about one.',
    ...sections,
  ].join('\n\n')
}

/** The exit codes, which end every help. */
export function exitCodesText(): string {
  return block('Exit codes', EXIT_CODES)
}

function block(title: string, rows: readonly (readonly string[])[]): string {
  return `${title}:\n${columns(rows.map((cells) => ['', ...cells]))}`
}
