import type { Clock } from '../../host/clock.ts'
import { isBare, type Lane, type Source } from './lane.ts'
import type { Piece } from './prefix.ts'

/** A progress bar is written no more often than this, milliseconds. */
const PROGRESS_EVERY_MS = 1000

type Entry = { readonly timeMs: number; readonly text: string; readonly partial?: true }

/**
 * Makes each line a JSON object: time, from (the service), stream, text, and `partial` where a line was too long and goes
 * on in the next object. Bytes that are not UTF-8 become U+FFFD. Of what is written over with `\r` one piece a second is kept.
 */
export function jsonLane(
  { service, stream }: Source,
  { clock, write }: { readonly clock: Clock; readonly write: (chunk: Uint8Array) => void },
): Lane {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let lastEnd: Piece['end'] = '\n'
  let progress: Entry | undefined
  let progressMs = -PROGRESS_EVERY_MS
  let forget = () => {}

  const put = (entries: readonly Entry[]) => {
    if (entries.length > 0) write(linesOf({ service, stream }, entries))
  }
  const takeProgress = (): readonly Entry[] => {
    forget()
    forget = () => {}
    if (progress === undefined) return []
    const taken = progress
    progress = undefined
    progressMs = clock.monotonicMs()
    return [taken]
  }
  const keepProgress = (entry: Entry): readonly Entry[] => {
    const isFirst = progress === undefined
    progress = entry
    const leftMs = progressMs + PROGRESS_EVERY_MS - clock.monotonicMs()
    if (leftMs <= 0) return takeProgress()
    if (isFirst) forget = clock.after(leftMs, () => put(takeProgress()))
    return []
  }
  const entriesOf = ({ bytes, end }: Piece): readonly Entry[] => {
    const text = decoder.decode(bytes, { stream: end === 'cut' })
    const entry = { timeMs: clock.now(), text }
    if (end === '\r') return keepProgress(entry)
    return [...takeProgress(), end === 'cut' ? { ...entry, partial: true } : entry]
  }
  return {
    push: (_, pieces) => {
      const entries: Entry[] = []
      for (const piece of pieces) {
        entries.push(...(isBare(piece, lastEnd) ? [] : entriesOf(piece)))
        lastEnd = piece.end
      }
      put(entries)
    },
    end: (rest) => put(rest.length === 0 ? takeProgress() : entriesOf({ bytes: rest, end: '\n' })),
  }
}

function linesOf({ service, stream }: Source, entries: readonly Entry[]): Uint8Array {
  const lines = entries.map(({ timeMs, ...rest }) =>
    JSON.stringify({ time: new Date(timeMs).toISOString(), from: service, stream, ...rest }),
  )
  return Buffer.from(`${lines.join('\n')}\n`)
}
