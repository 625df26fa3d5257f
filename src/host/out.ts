import { systemCode } from '../base/problem.ts'

/** Where the container's log goes. A reader that went away never ends the program. */
export type Out = {
  /** Writes to standard output; false when the pipe is full and the writer should pause. */
  readonly stdout: (chunk: string | Uint8Array) => boolean
  /** Writes to standard error; false when the pipe is full. */
  readonly stderr: (chunk: string | Uint8Array) => boolean
  /** Calls once when standard output takes more, or when what waits for it is lost because its reader went away. */
  readonly onDrain: (call: () => void) => void
  /** Resolves when all that was written has left the process, or after the deadline in milliseconds. */
  readonly flush: (deadlineMs: number) => Promise<void>
  readonly isTerminal: boolean
  /** True once the reader of standard output has gone away; absent where that cannot be told. */
  readonly isGone?: () => boolean
}

/** The process's own standard streams; EPIPE and the like are swallowed here, where nobody is left to be told. */
export function realOut(): Out {
  let isGone = false
  process.stderr.on('error', () => {})
  // Node revives standard output after every error, so its own `destroyed` never tells.
  process.stdout.on('error', (error) => {
    isGone ||= systemCode(error) === 'EPIPE'
  })
  return {
    stdout: (chunk) => process.stdout.write(chunk),
    stderr: (chunk) => process.stderr.write(chunk),
    onDrain: (call) => {
      const once = () => {
        process.stdout.off('drain', once).off('error', once)
        call()
      }
      process.stdout.once('drain', once).once('error', once)
    },
    flush: async (deadlineMs) => {
      await Promise.all([process.stdout, process.stderr].map((stream) => emptied(stream, deadlineMs)))
    },
    isTerminal: process.stdout.isTTY === true,
    isGone: () => isGone,
  }
}

function emptied(stream: NodeJS.WriteStream, deadlineMs: number): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs)
    stream.write('', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
