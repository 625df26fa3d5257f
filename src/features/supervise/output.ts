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

/** After an exit the pipes are no longer waited for once nothing came for so long: somebody else holds them. */
const QUIET_MS = 250

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
    drained: () => quiet(ended, { bytes: () => bytes, clock: sinks.clock }),
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

type Quiet = { readonly clock: Clock; readonly bytes: () => number }

// What a full log left in the pipes comes all the same: Node lets the pipes of a child go at its exit.
async function quiet(ended: Promise<unknown>, { clock, bytes }: Quiet): Promise<void> {
  let over = false
  const done = new AbortController()
  void ended.then(() => {
    over = true
    done.abort()
  })
  for (let seen = -1; !over && bytes() !== seen; ) {
    seen = bytes()
    await clock.sleep(QUIET_MS, done.signal)
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
