import { quietly } from './quietly.ts'

const poll = { arguments: ['buffer', 'uint64', 'int32'], return: 'int32' } as const

/** POLLERR and POLLHUP of poll(2): a pipe without a reader; a terminal that was hung up, or a socket whose other end went away. */
const GONE = 0x008 | 0x010

type Poll = (asked: Buffer, count: bigint, waitMs: number) => number

// Found once: what node:ffi gives for a function is never given back.
let found: { readonly poll: Poll | undefined } | undefined

/**
 * Whether nobody can read any more what is written to this descriptor; found without writing. False where this Node cannot
 * tell (node:ffi is experimental): the next write tells then.
 */
export function readerIsGone(fd: number): boolean {
  found ??= { poll: findPoll() }
  // struct pollfd: the descriptor, what is asked for (nothing: these two are always told), what was found.
  const asked = Buffer.alloc(8)
  asked.writeInt32LE(fd, 0)
  return found.poll?.(asked, 1n, 0) === 1 && (asked.readInt16LE(6) & GONE) !== 0
}

function findPoll(): Poll | undefined {
  try {
    return quietly(() => process.getBuiltinModule('node:ffi').dlopen(null, { poll })).functions.poll
  } catch {
    return undefined
  }
}
