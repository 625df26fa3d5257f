import { constants } from 'node:os'
import { quietly } from '../quietly.ts'

/** SIG_BLOCK of sigprocmask(2): these signals wait. */
export const BLOCK = 0

/** SIG_UNBLOCK of sigprocmask(2): they are taken again. */
export const UNBLOCK = 1

/** sigprocmask(2) for node:ffi. */
export const sigprocmask = { arguments: ['int32', 'buffer', 'pointer'], return: 'int32' } as const

/** A sigset_t of glibc and musl: 128 bytes, one bit for each signal, number 1 first. */
export function maskOf(names: readonly NodeJS.Signals[]): Buffer {
  const mask = Buffer.alloc(128)
  for (const name of names) {
    const bit = constants.signals[name] - 1
    mask.writeUInt8(mask.readUInt8(bit >> 3) | (1 << (bit & 7)), bit >> 3)
  }
  return mask
}

/** Lets a signal through that this program was started with blocked: Node without its debugger keeps USR1 so, for ever.
 *  Does nothing where this Node cannot (node:ffi is experimental). */
export function unblock(name: NodeJS.Signals): void {
  try {
    const ffi = quietly(() => process.getBuiltinModule('node:ffi').dlopen(null, { sigprocmask }))
    ffi.functions.sigprocmask(UNBLOCK, maskOf([name]), null)
  } catch {
    // the signal stays blocked
  }
}
