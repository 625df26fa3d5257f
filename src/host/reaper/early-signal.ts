import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** The signal that asked us to stop before any JavaScript listened, or undefined.
 *
 *  Node's start installs a one-shot handler for TERM and INT that raises the signal again. In any other process that
 *  ends it; PID 1 is immune to its own default actions and lives on. What stays is the trace: a handler that is
 *  no longer there. Valid only while nobody listens to these signals in JavaScript. */
export function earlySignal(): 'SIGTERM' | 'SIGINT' | undefined {
  const caught = caughtSignals()
  if (caught === undefined) return undefined
  if (!has(caught, 15)) return 'SIGTERM'
  if (!has(caught, 2)) return 'SIGINT'
  return undefined
}

/** Ends the process with 128+n when a signal asked us to stop before anybody listened. */
export function exitOnEarlySignal(): void {
  const signal = earlySignal()
  if (signal !== undefined) exitWith(signal)
}

/** Ends the process with the exit code of a program that this signal ended. */
export function exitWith(signal: 'SIGTERM' | 'SIGINT'): never {
  process.exit(128 + constants.signals[signal])
}

function caughtSignals(): bigint | undefined {
  try {
    const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
    return mask === undefined ? undefined : BigInt(`0x${mask}`)
  } catch {
    return undefined
  }
}

function has(mask: bigint, signal: number): boolean {
  return ((mask >> BigInt(signal - 1)) & 1n) === 1n
}
