import { isBare, type Lane } from './lane.ts'
import type { Piece } from './prefix.ts'

/** Writes whole lines of one service; `end` is how they end. */
export type WriteLines = (service: string, lines: Uint8Array, end: '\n' | '\r') => void

/** Writes lines so that one service never writes into the progress bar of another. */
export function linesApart(write: (chunk: Uint8Array) => void): WriteLines {
  let unfinished: string | undefined
  return (service, lines, end) => {
    const stray = unfinished !== undefined && unfinished !== service
    unfinished = end === '\r' ? service : undefined
    write(stray ? Buffer.concat([NEW_LINE, lines]) : lines)
  }
}

/** Puts the name of its service before each line. The bytes of a line stay as they are; a line that is too long is cut. */
export function prefixLane(service: string, write: WriteLines): Lane {
  const prefix = Buffer.from(`[${service}] `)
  let lastEnd: Piece['end'] = '\n'
  const put = (pieces: readonly Piece[]) => {
    const parts: Uint8Array[] = []
    for (const piece of pieces) {
      if (!isBare(piece, lastEnd)) parts.push(prefix, piece.bytes)
      parts.push(END[piece.end])
      lastEnd = piece.end
    }
    if (parts.length > 0) write(service, Buffer.concat(parts), lastEnd === '\r' ? '\r' : '\n')
  }
  return {
    push: (_, pieces) => put(pieces),
    end: (rest) => {
      if (rest.length > 0) put([{ bytes: rest, end: '\n' }])
    },
  }
}

const NEW_LINE = Buffer.from('\n')

const END: Readonly<Record<Piece['end'], Uint8Array>> = {
  '\n': NEW_LINE,
  '\r': Buffer.from('\r'),
  '\r\n': Buffer.from('\r\n'),
  cut: NEW_LINE,
}
