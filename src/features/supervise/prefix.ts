/** A piece of output: the bytes of a line without its end, and the end as it came; `cut` where a line was too long. */
export type Piece = { readonly bytes: Uint8Array; readonly end: '\n' | '\r' | '\r\n' | 'cut' }

/** Splits bytes into lines; keeps what has no end yet. */
export type LineSplitter = {
  readonly push: (chunk: Uint8Array) => readonly Piece[]
  /** What was left without an end; the splitter is empty afterwards. */
  readonly rest: () => Uint8Array
}

const LF = 0x0a
const CR = 0x0d

/** Longest line that is kept whole, bytes; longer ones are cut, so that output without line ends needs no memory. */
export const LONGEST_LINE_BYTES = 64 * 1024

/**
 * A splitter at `\n`, `\r\n` and `\r` (progress bars). Bytes are never decoded: invalid UTF-8 and NUL pass unchanged.
 * A `\r` at the end of a chunk ends its line at once; a `\n` that follows in the next chunk comes as an empty line.
 */
export function lineSplitter(longestBytes = LONGEST_LINE_BYTES): LineSplitter {
  let kept: Uint8Array[] = []
  let keptBytes = 0
  const join = (last: Uint8Array) => {
    const whole = kept.length === 0 ? last : Buffer.concat([...kept, last])
    kept = []
    keptBytes = 0
    return whole
  }
  const push = (chunk: Uint8Array) => {
    const pieces: Piece[] = []
    let at = 0
    for (const { start, length } of lineEnds(chunk)) {
      for (; keptBytes + start - at > longestBytes; ) at = cutAt(at)
      pieces.push({ bytes: join(chunk.subarray(at, start)), end: endAt(chunk, start, length) })
      at = start + length
    }
    for (; keptBytes + chunk.length - at > longestBytes; ) at = cutAt(at)
    if (at < chunk.length) {
      // A copy: a few bytes must not hold the whole chunk in memory.
      kept.push(Uint8Array.from(chunk.subarray(at)))
      keptBytes += chunk.length - at
    }
    return pieces

    function cutAt(from: number): number {
      const end = from + longestBytes - keptBytes
      pieces.push({ bytes: join(chunk.subarray(from, end)), end: 'cut' })
      return end
    }
  }
  return { push, rest: () => join(new Uint8Array(0)) }
}

function endAt(chunk: Uint8Array, start: number, length: number): Piece['end'] {
  if (length === 2) return '\r\n'
  return chunk[start] === LF ? '\n' : '\r'
}

// The next `\r` is looked for only once the last one found is passed: most output has none.
function* lineEnds(chunk: Uint8Array): Generator<{ readonly start: number; readonly length: number }> {
  let cr = chunk.indexOf(CR)
  let lf = chunk.indexOf(LF)
  while (cr !== -1 || lf !== -1) {
    if (cr !== -1 && (lf === -1 || cr < lf)) {
      const length = lf === cr + 1 ? 2 : 1
      yield { start: cr, length }
      if (length === 2) lf = chunk.indexOf(LF, lf + 1)
      cr = chunk.indexOf(CR, cr + length)
    } else {
      yield { start: lf, length: 1 }
      lf = chunk.indexOf(LF, lf + 1)
    }
  }
}
