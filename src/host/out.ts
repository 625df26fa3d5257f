import { closeSync, constants, openSync } from 'node:fs'
import { systemCode } from '../base/problem.ts'
import { readerIsGone } from './reader-gone.ts'

/** Where the container's log goes. A reader that went away never ends the program, and one that stands still never holds it. */
export type Out = {
  /** Writes to standard output; false when the pipe is full and the writer should pause. */
  readonly stdout: (chunk: string | Uint8Array) => boolean
  /** Writes to standard error; false when the pipe is full. */
  readonly stderr: (chunk: string | Uint8Array) => boolean
  /** Calls once when standard output takes more, or when what waits for it is lost because its reader went away. */
  readonly onDrain: (call: () => void) => void
  /** Resolves when all that was written has left the process, or when nothing of it was read for so long; milliseconds. */
  readonly flush: (stillMs: number) => Promise<void>
  readonly isTerminal: boolean
  /** True once the reader of standard output has gone away, also while nothing is written; absent where that cannot be told. */
  readonly isGone?: () => boolean
  /** The system's code when something written to standard output was lost for another reason: a full disk, for one. */
  readonly lostBy?: () => string | undefined
  /** How much waits for a reader: 0 when nothing does, and another number whenever something of it was read. */
  readonly waiting?: (stream: 'stdout' | 'stderr') => number
}

/** The process's own standard streams; EPIPE and the like are swallowed here, where nobody is left to be told. */
export function realOut(): Out {
  found ??= { stdout: watch(process.stdout), stderr: watch(process.stderr) }
  const watched = found
  return {
    stdout: watched.stdout.write,
    stderr: watched.stderr.write,
    onDrain: (call) => {
      const once = () => {
        process.stdout.off('drain', once).off('error', once)
        call()
      }
      process.stdout.once('drain', once).once('error', once)
    },
    flush: async (stillMs) => {
      await Promise.all([watched.stdout, watched.stderr].map((each) => each.emptied(stillMs)))
      // A stream tells only in a later turn that the system refused what it was given.
      await new Promise(setImmediate)
    },
    isTerminal: process.stdout.isTTY === true,
    isGone: () => watched.stdout.isGone() || readerIsGone(1),
    lostBy: watched.stdout.lostBy,
    waiting: (name) => watched[name].look().waiting,
  }
}

/** A pipe without a reader, a terminal that was hung up, a socket whose other end went away. */
const GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ECONNRESET']

/** How often is looked whether somebody still reads, milliseconds. */
const LOOK_EVERY_MS = 50

// A process has one pair of them, however many hosts are made in it: each would leave a listener there.
let found: Readonly<Record<'stdout' | 'stderr', ReturnType<typeof watch>>> | undefined

function watch(stream: NodeJS.WriteStream) {
  let isGone = false
  let lostBy: string | undefined
  let seen = { waiting: 0, sinceMs: 0 }
  // Node revives a standard stream after every error, so its own `destroyed` never tells.
  stream.on('error', (error) => {
    const code = systemCode(error)
    if (GONE.includes(code)) isGone = true
    else lostBy ??= code
  })
  if (stream.isTTY === true) neverHold(stream)
  const look = () => {
    const waiting = waitingIn(stream)
    if (waiting !== seen.waiting) seen = { waiting, sinceMs: performance.now() }
    return seen
  }
  const emptied = (stillMs: number) => {
    if (isGone || stream.writableLength === 0) return Promise.resolve()
    return new Promise<void>((resolve) => {
      const done = () => {
        clearInterval(timer)
        resolve()
      }
      const timer = setInterval(() => {
        if (performance.now() - look().sinceMs >= stillMs) done()
      }, LOOK_EVERY_MS)
      look()
      stream.write('', done)
    })
  }
  return {
    write: (chunk: string | Uint8Array) => isGone || stream.write(chunk),
    isGone: () => isGone,
    lostBy: () => lostBy,
    look,
    emptied,
  }
}

// Node writes to terminals so that the whole program waits while nobody reads. Where the terminal can be opened again,
// libuv has done so, and nobody else shares what is set here; elsewhere writing in parts would spin.
function neverHold(stream: NodeJS.WriteStream): void {
  const handle = handleOf(stream)
  if (handle === undefined || !('setBlocking' in handle) || typeof handle.setBlocking !== 'function') return
  try {
    closeSync(
      openSync(`/proc/self/fd/${stream === process.stdout ? 1 : 2}`, constants.O_WRONLY | constants.O_NOCTTY),
    )
    handle.setBlocking(false)
  } catch {
    // a terminal of somebody else: it stays as it is
  }
}

// What the system has taken of a chunk shows only in the handle: the stream counts whole chunks.
function waitingIn(stream: NodeJS.WriteStream): number {
  const handle = handleOf(stream)
  const inHandle = handle !== undefined && 'writeQueueSize' in handle ? Number(handle.writeQueueSize) : 0
  return stream.writableLength === 0 ? 0 : stream.writableLength + inHandle
}

function handleOf(stream: NodeJS.WriteStream): object | undefined {
  const handle: unknown = Reflect.get(stream, '_handle')
  return typeof handle === 'object' && handle !== null ? handle : undefined
}
