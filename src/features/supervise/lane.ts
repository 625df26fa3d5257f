import type { Piece } from './prefix.ts'

/** How what services print stands in the container's log: with their names, byte for byte, or a JSON object per line. */
export type LogForm = 'prefix' | 'bytes' | 'json'

/** Which stream of which service. */
export type Source = { readonly service: string; readonly stream: 'stdout' | 'stderr' }

/** The way of one stream into the container's log. */
export type Lane = {
  /** Takes what came: the bytes, and the same as lines. */
  readonly push: (chunk: Uint8Array, pieces: readonly Piece[]) => void
  /** The stream has ended; `rest` is a last line without an end. */
  readonly end: (rest: Uint8Array) => void
}

/** True for what only moves the cursor: an empty `\r`, or the `\n` that came in the chunk after its `\r`. */
export function isBare({ bytes, end }: Piece, lastEnd: Piece['end']): boolean {
  return bytes.length === 0 && (end === '\r' || (end === '\n' && lastEnd === '\r'))
}
