import type { Readable } from 'node:stream'
import type { Tell } from '../../base/event.ts'
import type { Clock } from '../../host/clock.ts'
import type { Started } from '../../host/exec.ts'
import type { LogFile } from './log-file.ts'
import type { Outlet } from './outlet.ts'
import { lineSplitter, type Piece } from './prefix.ts'

/** Where one service's output goes. */
export type Sinks = {
  readonly service: string
  readonly tell: Tell
  readonly outlet: Outlet
  readonly logFile: LogFile
  readonly clock: Clock
}

/** The output of one run of a service. */
export type Output = {
  /** After the exit: resolves when all that was written has been forwarded, or soon when somebody else holds the pipes. */
  readonly drained: () => Promise<void>
  /** Resolves when both pipes are closed: nobody holds them any more. */
  readonly ended: Promise<unknown>
  /** Stops reading for good. */
  readonly close: () => void
}

/** After an exit the pipes are given up once nothing came for so long; a reader that is stuck is waited for longer. */
const QUIET_MS = 250
const STUCK_MS = 1000

/** Forwards a child's output: prefixed lines to the container's log, lines to listeners, the bytes as they are to its log file. */
export function forwardOutput(started: Pick<Started, 'stdout' | 'stderr'>, sinks: Sinks): Output {
  let bytes = 0
  const streams = [started.stdout, started.stderr]
  const ends = (['stdout', 'stderr'] as const).map((name) => {
    const write = lineWriter(name, sinks)
    started[name].on('data', (chunk: Buffer) => {
      bytes += chunk.length
      sinks.logFile.write(chunk)
      write.push(chunk)
    })
    const leave = sinks.outlet.join(started[name])
    return endOf(started[name]).then(() => {
      leave()
      write.end()
    })
  })
  const ended = Promise.all(ends)
  return {
    drained: () => quiet(ended, { bytes: () => bytes, ...sinks }),
    ended,
    close: () => {
      for (const stream of streams) stream.destroy()
    },
  }
}

function endOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.on('error', () => {})
    stream.once('close', () => resolve())
  })
}

type Quiet = Pick<Sinks, 'clock' | 'outlet'> & { readonly bytes: () => number }

async function quiet(ended: Promise<unknown>, { clock, outlet, bytes }: Quiet): Promise<void> {
  let idleMs = 0
  let over = false
  const done = new AbortController()
  void ended.then(() => {
    over = true
    done.abort()
  })
  for (let seen = bytes(); ; seen = bytes()) {
    await clock.sleep(QUIET_MS, done.signal)
    if (over) return
    idleMs = bytes() === seen ? idleMs + QUIET_MS : 0
    if (idleMs >= (outlet.isFull() ? STUCK_MS : QUIET_MS)) return
  }
}

function lineWriter(stream: 'stdout' | 'stderr', { service, tell, outlet }: Sinks) {
  const prefix = Buffer.from(`[${service}] `)
  const splitter = lineSplitter()
  let lastEnd: Piece['end'] = '\n'
  // A bare `\n` after `\r` is the other half of one line end; an empty `\r` only moves the cursor.
  const isBare = (piece: Piece) =>
    piece.bytes.length === 0 && (piece.end === '\r' || (piece.end === '\n' && lastEnd === '\r'))
  const put = (pieces: readonly Piece[]) => {
    const parts: Uint8Array[] = []
    for (const piece of pieces) {
      if (!isBare(piece)) {
        parts.push(prefix, piece.bytes)
        tell({ type: 'service-line', service, stream, bytes: piece.bytes })
      }
      parts.push(END[piece.end])
      lastEnd = piece.end
    }
    if (parts.length > 0) outlet.write(service, Buffer.concat(parts), lastEnd === '\r' ? '\r' : '\n')
  }
  return {
    push: (chunk: Uint8Array) => put(splitter.push(chunk)),
    end: () => {
      const bytes = splitter.rest()
      if (bytes.length > 0) put([{ bytes, end: '\n' }])
    },
  }
}

const END: Readonly<Record<Piece['end'], Uint8Array>> = {
  '\n': Buffer.from('\n'),
  '\r': Buffer.from('\r'),
  '\r\n': Buffer.from('\r\n'),
  cut: Buffer.from('\n'),
}
