import type { Readable } from 'node:stream'

/** So much of what a program prints is kept, of its end. */
const MOST_BYTES = 1024 * 1024

/** What a program has printed last, and when nobody can print any more. */
export type Printed = { readonly text: () => string; readonly closed: Promise<void> }

/** Takes in all that a program prints, so that it never waits for a reader, and keeps the last of it. */
export function lastBytes({
  stdout,
  stderr,
}: {
  readonly stdout?: Readable
  readonly stderr?: Readable
}): Printed {
  let chunks: Buffer[] = []
  let bytes = 0
  const take = (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes < 2 * MOST_BYTES) return
    chunks = [Buffer.concat(chunks).subarray(-MOST_BYTES)]
    bytes = MOST_BYTES
  }
  const streams = [stdout, stderr].filter((each) => each !== undefined)
  const closed = streams.map(
    (stream) =>
      new Promise<void>((resolve) => {
        stream.on('data', take).on('error', () => {})
        stream.once('close', resolve)
      }),
  )
  return {
    text: () => Buffer.concat(chunks).subarray(-MOST_BYTES).toString(),
    closed: Promise.all(closed).then(() => {}),
  }
}
