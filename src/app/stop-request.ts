import { type Host, isBelowInit } from '../host/host.ts'

/** The request to stop, as signals bring it. */
export type StopRequest = {
  /** Aborted by the first TERM, INT or QUIT. */
  readonly signal: AbortSignal
  /** The signal that asked first. */
  readonly name: () => NodeJS.Signals | undefined
  /** Calls on each further one: the person is in a hurry. */
  readonly onAgain: (call: () => void) => void
}

/** Signals that must not end or disturb the program: package scripts and terminals send HUP, Node would open a debugger on USR1. */
const LEFT_ALONE = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE'] as const

/** Listens for the request to stop, from now until the program ends. */
export function listenForStop(host: Host): StopRequest {
  const controller = new AbortController()
  const hurried: (() => void)[] = []
  let first: NodeJS.Signals | undefined
  for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    host.signals.on(name, () => {
      if (first !== undefined) for (const call of hurried) call()
      first ??= name
      controller.abort()
    })
  }
  for (const name of LEFT_ALONE) host.signals.on(name, () => {})
  // Nobody lets a stopped child of PID 1 go on: Ctrl-Z would leave a container that hears no TERM.
  if (isBelowInit(host)) host.signals.on('SIGTSTP', () => {})
  return { signal: controller.signal, name: () => first, onAgain: (call) => void hurried.push(call) }
}
