/** The program that every init is given. */
export const STUB = '/bench/stub'

/** An init and how it is told to run the stub. */
export type Way = {
  readonly name: string
  /** An init has one child and ends with it; a supervisor starts it again. */
  readonly kind: 'init' | 'supervisor'
  /** Must be there, or the way is left out. */
  readonly file: string
  /** The command for a program: the stub when none is given, which is all that a supervisor can be told. */
  readonly command: (program?: readonly string[]) => readonly string[]
  /** Its own command for a restart. */
  readonly askRestart?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** What is compared. */
export const WAYS: readonly Way[] = [
  init('tini', '/usr/bin/tini', ['--']),
  init('dumb-init', '/usr/bin/dumb-init', ['--']),
  init('catatonit', '/usr/bin/catatonit', ['--']),
  init('comfy-init exec', '/usr/local/bin/comfy-init', ['exec', '--']),
  {
    name: 's6-svscan',
    kind: 'supervisor',
    file: '/usr/bin/s6-svscan',
    command: () => ['/usr/bin/s6-svscan', '/bench/s6'],
    askRestart: ['s6-svc', '-r', '/bench/s6/stub'],
  },
  {
    name: 'supervisord',
    kind: 'supervisor',
    file: '/usr/bin/supervisord',
    command: () => ['/usr/bin/supervisord', '-n', '-c', '/bench/supervisord.conf'],
    askRestart: ['supervisorctl', '-c', '/bench/supervisord.conf', 'restart', 'stub'],
  },
  {
    name: 'comfy-init',
    kind: 'supervisor',
    file: '/usr/local/bin/comfy-init',
    command: () => ['/usr/local/bin/comfy-init'],
    askRestart: ['comfy-init', 'restart', 'comfyui'],
    env: { COMFY_PYTHON: STUB },
  },
]

/** Names of the two ways that others are compared with. */
export const ANCHORS = ['tini', 'supervisord'] as const

/** True for our own ways. */
export function isOurs({ name }: Way): boolean {
  return name.startsWith('comfy-init')
}

function init(name: string, file: string, before: readonly string[]): Way {
  return { name, kind: 'init', file, command: (program = [STUB]) => [file, ...before, ...program] }
}
