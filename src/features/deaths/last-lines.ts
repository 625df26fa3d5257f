import { decoded, plainText } from '../../base/plain-text.ts'

/** How many lines of a run are kept. */
export const MOST_LINES = 200

/** How much of each is kept, bytes. */
export const MOST_LINE_BYTES = 4096

/** More of a line is kept until it is told, so that a secret across the end is recognised. */
const SPARE_BYTES = 512

/** A line that a service printed, and when it came, milliseconds of the monotonic clock. */
export type Said = {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  readonly atMs: number
}

/** What is told of a line that was printed. */
export type Printed = {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Uint8Array
  /** What comes next is written over it. */
  readonly isOverwritten?: boolean
}

/** The last lines of one run of a service. */
export type LastLines = {
  readonly push: (line: Printed, atMs: number) => void
  /** The oldest first, as plain text, each gone through `clean` before it is cut. */
  readonly said: (clean: (text: string) => string) => readonly Said[]
}

type Kept = { readonly line: Printed; readonly atMs: number }

/** Keeps the last lines in bounded memory. A progress bar, whose pieces are written over each other, is one line. */
export function lastLines(): LastLines {
  let kept: Kept[] = []
  return {
    push: ({ stream, bytes, isOverwritten = false }, atMs) => {
      const before = kept.findLastIndex((each) => each.line.stream === stream)
      if (kept[before]?.line.isOverwritten) kept.splice(before, 1)
      // A copy, so that a short line does not hold the chunk that it came in.
      const own = new Uint8Array(bytes.subarray(0, MOST_LINE_BYTES + SPARE_BYTES))
      kept.push({ line: { stream, bytes: own, isOverwritten }, atMs })
      // Cut now and then instead of shifted each time.
      if (kept.length >= 2 * MOST_LINES) kept = kept.slice(-MOST_LINES)
    },
    // Decoded last: most lines are never looked at.
    said: (clean) =>
      kept.slice(-MOST_LINES).map(({ line: { stream, bytes }, atMs }) => {
        const text = clean(plainText(decoded(bytes, bytes.length)))
        return { stream, text: decoded(Buffer.from(text), MOST_LINE_BYTES), atMs }
      }),
  }
}
