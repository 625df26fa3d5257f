import { constants } from 'node:os'
import { unblock } from './reaper/signal-mask.ts'

/** Signals sent to this process. */
export type Signals = {
  /** Calls on each arrival of a signal, until the returned function is called. */
  readonly on: (name: NodeJS.Signals, call: () => void) => () => void
  /** The number of a signal, as in exit code 128 + n. */
  readonly number: (name: NodeJS.Signals) => number
  /** Sends a signal to a process, or to a whole group when the id is negative; false when nobody is there. */
  readonly send: (pid: number, name: NodeJS.Signals | 0) => boolean
}

/** The process's real signals. */
export function realSignals(): Signals {
  return {
    on: (name, call) => {
      process.on(name, call)
      if (name === 'SIGUSR1') unblock(name)
      return () => process.off(name, call)
    },
    number: (name) => constants.signals[name],
    send,
  }
}

function send(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
