import type { Out } from '../host/out.ts'

/** Our own lines wait for a reader of standard error in so much memory at most, bytes. */
const MOST_WAITING_BYTES = 256 * 1024

/** A writer of our own lines that leaves lines out while nobody reads; the next line after that follows the count's. */
export function ownLines(
  { stderr, waiting }: Pick<Out, 'stderr' | 'waiting'>,
  countLine: (leftOut: number) => string,
): (text: string) => void {
  let leftOut = 0
  return (text) => {
    if ((waiting?.('stderr') ?? 0) > MOST_WAITING_BYTES) {
      leftOut++
      return
    }
    if (leftOut > 0) stderr(countLine(leftOut))
    leftOut = 0
    stderr(text)
  }
}
