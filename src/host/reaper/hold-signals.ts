import { constants } from 'node:os'
import { quietly } from '../quietly.ts'
import { exitWith } from './early-signal.ts'

const stopping = ['SIGTERM', 'SIGINT'] as const

/** Sees to it that a signal that asks us to stop is not lost while an init takes our place; gives the function that
 *  undoes it. Ends the process here when one came before.
 *
 *  PID 1 loses what it does not handle, and across execve nobody handles anything: 2 ms. So the signals wait in this
 *  thread until the init takes them. Node's other threads, which execve is about to end, cannot be told to wait:
 *  there the signal's handler is the C library's _exit, which ends us with the signal's bare number (0.3 ms).
 *  Only for a program that sets its own mask, as every init does and no shell.
 *  Does nothing where this Node cannot (node:ffi is experimental). */
export function holdSignals(): () => void {
  try {
    return hold()
  } catch {
    return () => {}
  }
}

function hold(): () => void {
  const { lib, functions } = quietly(() => process.getBuiltinModule('node:ffi').dlopen(null, declarations))
  const mask = maskOf(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])
  const exit = Buffer.alloc(actionBytes)
  exit.writeBigUInt64LE(lib.getSymbol('_exit'), 0)
  functions.sigprocmask(block, mask, null)
  const before = stopping.map((name) => {
    const action = Buffer.alloc(actionBytes)
    functions.sigaction(constants.signals[name], exit, action)
    // The handler comes first. None: it has fired already, see early-signal.ts.
    if (action.readBigUInt64LE(0) === 0n) exitWith(name)
    return { number: constants.signals[name], action }
  })
  return () => {
    for (const { number, action } of before) functions.sigaction(number, action, null)
    functions.sigprocmask(unblock, mask, null)
  }
}

const declarations = {
  sigprocmask: { arguments: ['int32', 'buffer', 'pointer'], return: 'int32' },
  sigaction: { arguments: ['int32', 'pointer', 'pointer'], return: 'int32' },
} as const

/** SIG_BLOCK and SIG_UNBLOCK of sigprocmask(2). */
const block = 0
const unblock = 1

/** struct sigaction of glibc and musl: handler, a mask of 128 bytes, flags, restorer. */
const actionBytes = 152

/** A sigset_t of glibc and musl: 128 bytes, one bit for each signal, number 1 first. */
function maskOf(names: readonly NodeJS.Signals[]): Buffer {
  const mask = Buffer.alloc(128)
  for (const name of names) {
    const bit = constants.signals[name] - 1
    mask.writeUInt8(mask.readUInt8(bit >> 3) | (1 << (bit & 7)), bit >> 3)
  }
  return mask
}
