import type { Readable } from 'node:stream'
import type { Tell } from '../../base/event.ts'
import type { Clock } from '../../host/clock.ts'
import type { Started } from '../../host/exec.ts'
import { isBare, type Source } from './lane.ts'
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
  /**
   * After the exit: resolves when all that was written has been forwarded; or soon, when somebody else holds the pipes,
   * silent or not, or nobody reads the log.
   */
  readonly drained: () => Promise<void>
  /** Resolves when both pipes are closed: nobody holds them any more. */
  readonly ended: Promise<unknown>
  /** Stops reading for good. */
  readonly close: () => void
}

/** After an exit the pipes are no longer waited for once nothing came for so long: somebody else holds them. */
const QUIET_MS = 250

/** Nor for longer than this while the log takes all there is: what comes then is of a process that was left behind, milliseconds. */
const MOST_MS = 2000

/** Nor a log that takes no more, once nothing of it was read for so long, milliseconds. */
const STILL_MS = 2000

/** Forwards a child's output: to the container's log, as lines to listeners, and as it is to its log file. */
export function forwardOutput(started: Pick<Started, 'stdout' | 'stderr'>, sinks: Sinks): Output {
  let bytes = 0
  const streams = [started.stdout, started.stderr]
  const ends = (['stdout', 'stderr'] as const).map((name) => {
    const lines = lineReader({ service: sinks.service, stream: name }, sinks)
    started[name].on('data', (chunk: Buffer) => {
      bytes += chunk.length
      sinks.logFile.write(chunk)
      lines.push(chunk)
    })
    const leave = sinks.outlet.join(started[name])
    return endOf(started[name]).then(() => {
      leave()
      lines.end()
    })
  })
  const ended = Promise.all(ends)
  return {
    drained: () => untilQuiet(ended, { bytes: () => bytes, ...sinks }),
    ended,
    close: () => {
      for (const stream of streams) stream.destroy()
    },
  }
}

function lineReader(source: Source, { tell, outlet }: Pick<Sinks, 'tell' | 'outlet'>) {
  const lane = outlet.lane(source)
  const splitter = lineSplitter()
  let lastEnd: Piece['end'] = '\n'
  const tellAll = (pieces: readonly Piece[]) => {
    for (const piece of pieces) {
      const { bytes, end } = piece
      if (!isBare(piece, lastEnd))
        tell({ type: 'service-line', ...source, bytes, isOverwritten: end === '\r' })
      lastEnd = end
    }
  }
  return {
    push: (chunk: Uint8Array) => {
      const pieces = splitter.push(chunk)
      tellAll(pieces)
      lane.push(chunk, pieces)
    },
    end: () => {
      const rest = splitter.rest()
      if (rest.length > 0) tellAll([{ bytes: rest, end: '\n' }])
      lane.end(rest)
    },
  }
}

function endOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.on('error', () => {})
    stream.once('close', () => resolve())
  })
}

type Flow = Pick<Sinks, 'clock' | 'outlet'> & { readonly bytes: () => number }

async function untilQuiet(ended: Promise<unknown>, { clock, outlet, bytes }: Flow): Promise<void> {
  let isOver = false
  const done = new AbortController()
  void ended.then(() => {
    isOver = true
    done.abort()
  })
  let flowingMs = 0
  for (let quietMs = 0; !isOver && quietMs < (outlet.isFull() ? STILL_MS : QUIET_MS); ) {
    const [read, waiting] = [bytes(), outlet.waiting()]
    await clock.sleep(QUIET_MS, done.signal)
    if (!outlet.isFull()) flowingMs += QUIET_MS
    if (flowingMs >= MOST_MS) return
    quietMs = bytes() === read && outlet.waiting() === waiting ? quietMs + QUIET_MS : 0
  }
}
