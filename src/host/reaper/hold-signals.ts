import { constants } from 'node:os'
import { quietly } from '../quietly.ts'
import { exitWith } from './early-signal.ts'
import { BLOCK, maskOf, sigprocmask, UNBLOCK } from './signal-mask.ts'

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
  functions.sigprocmask(BLOCK, mask, null)
  const before = stopping.map((name) => {
    const action = Buffer.alloc(actionBytes)
    functions.sigaction(constants.signals[name], exit, action)
    // The handler comes first. None: it has fired already, see early-signal.ts.
    if (action.readBigUInt64LE(0) === 0n) exitWith(name)
    return { number: constants.signals[name], action }
  })
  return () => {
    for (const { number, action } of before) functions.sigaction(number, action, null)
    functions.sigprocmask(UNBLOCK, mask, null)
  }
}

const declarations = {
  sigprocmask,
  sigaction: { arguments: ['int32', 'pointer', 'pointer'], return: 'int32' },
} as const

/** struct sigaction of glibc and musl: handler, a mask of 128 bytes, flags, restorer. */
const actionBytes = 152
