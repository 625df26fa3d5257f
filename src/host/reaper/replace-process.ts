import { constants } from 'node:os'
import { quietly } from '../quietly.ts'
import { exitOnEarlySignal, exitWith } from './early-signal.ts'

/** What this process becomes: a program's path, its argument list (argv[0] included) and its environment. */
export type Image = {
  readonly path: string
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** It sets its own signal mask before anything else, as every init does and no shell. */
  readonly ownsMask: boolean
}

/** execve. Returns only when the system refuses it, with the reason.
 *
 *  PID 1 loses what it does not handle, and nobody handles signals while one program replaces another: with
 *  process.execve for 2 ms. So the C library is called without a detour, right after a last look at what came, and
 *  with the signals that end us held back until the init takes them; 0.1 ms remain. Where this Node cannot call
 *  the library (node:ffi is experimental), process.execve does it. */
export function replaceProcess(image: Image): string {
  try {
    replaceDirectly(image)
  } catch {
    // No node:ffi. What it changed before it threw is undone.
  }
  exitOnEarlySignal()
  try {
    quietly(() => process.execve?.(image.path, image.argv, image.env))
    return 'this Node cannot execve'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function replaceDirectly({ path, argv, env, ownsMask }: Image): void {
  const ffi = quietly(() => process.getBuiltinModule('node:ffi'))
  const { functions: c } = ffi.dlopen(null, declarations)
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value ?? ''}`)
  const words = [argv, variables].map((list) => list.map(cString))
  const [argumentList, environment] = words.map((list) =>
    pointers(list.map((word) => ffi.getRawPointer(word))),
  )
  const file = cString(path)
  const mask = ownsMask ? maskOf(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) : maskOf([])
  const action = Buffer.alloc(256)
  // Node marks the standard streams «close on exec».
  for (const stream of [0, 1, 2]) c.fcntl(stream, setDescriptorFlags, 0)
  c.sigprocmask(block, mask, null)
  try {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      c.sigaction(constants.signals[name], null, action)
      // The handler comes first in the structure. Empty: it has fired, see early-signal.ts.
      if (action.readBigUInt64LE(0) === 0n) exitWith(name)
    }
    c.execve(file, argumentList, environment)
  } finally {
    c.sigprocmask(unblock, mask, null)
  }
}

const declarations = {
  fcntl: { arguments: ['int32', 'int32', 'int32'], return: 'int32' },
  sigprocmask: { arguments: ['int32', 'buffer', 'pointer'], return: 'int32' },
  sigaction: { arguments: ['int32', 'pointer', 'buffer'], return: 'int32' },
  execve: { arguments: ['buffer', 'buffer', 'buffer'], return: 'int32' },
} as const

/** F_SETFD of fcntl(2); SIG_BLOCK and SIG_UNBLOCK of sigprocmask(2). */
const setDescriptorFlags = 2
const block = 0
const unblock = 1

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`)
}

/** A list of pointers that ends with an empty one. The memory they point to is held by the caller. */
function pointers(addresses: readonly bigint[]): Buffer {
  const list = Buffer.alloc(8 * (addresses.length + 1))
  for (const [index, address] of addresses.entries()) list.writeBigUInt64LE(address, index * 8)
  return list
}

/** A sigset_t of glibc and musl: 128 bytes, one bit for each signal, number 1 first. */
function maskOf(names: readonly NodeJS.Signals[]): Buffer {
  const mask = Buffer.alloc(128)
  for (const name of names) {
    const bit = constants.signals[name] - 1
    mask.writeUInt8(mask.readUInt8(bit >> 3) | (1 << (bit & 7)), bit >> 3)
  }
  return mask
}
