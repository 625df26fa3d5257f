import { constants } from 'node:os'
import { quietly } from '../quietly.ts'

const held = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/** Makes the signals that ask us to stop wait, across execve, until the init takes them; gives the function that undoes it.
 *
 *  Without it a signal within some 2 ms around execve is lost, since PID 1 ignores what it does not handle. With it
 *  0.3 ms remain: between the last look at what came and the end of Node's other threads, which this does not reach.
 *  Only for a program that sets its own mask, as every init does and no shell.
 *  Does nothing where this Node cannot (node:ffi is experimental). */
export function holdSignals(): () => void {
  try {
    const { functions } = quietly(() => process.getBuiltinModule('node:ffi').dlopen(null, declarations))
    const mask = maskOf(held)
    functions.sigprocmask(block, mask, null)
    return () => void functions.sigprocmask(unblock, mask, null)
  } catch {
    return () => {}
  }
}

const declarations = {
  sigprocmask: { arguments: ['int32', 'buffer', 'pointer'], return: 'int32' },
} as const

/** SIG_BLOCK and SIG_UNBLOCK of sigprocmask(2). */
const block = 0
const unblock = 1

/** A sigset_t of glibc and musl: 128 bytes, one bit for each signal, number 1 first. */
function maskOf(names: readonly NodeJS.Signals[]): Buffer {
  const mask = Buffer.alloc(128)
  for (const name of names) {
    const bit = constants.signals[name] - 1
    mask.writeUInt8(mask.readUInt8(bit >> 3) | (1 << (bit & 7)), bit >> 3)
  }
  return mask
}
