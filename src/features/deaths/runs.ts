import type { Event, ServiceState } from '../../base/event.ts'
import type { Host } from '../../host/host.ts'
import { type LastLines, lastLines } from './last-lines.ts'
import { memoryWatch, type RunMemory } from './memory-watch.ts'

/** One run of a service: from its process's start to its end. */
export type Run = {
  readonly service: string
  readonly pid: number
  /** On the monotonic clock, milliseconds. */
  readonly startedAtMs: number
  readonly lines: LastLines
  readonly memory: RunMemory
  /** It answered at least once. */
  wasReady: boolean
  /** Memory of the cards when it ended, bytes. */
  vramBytes: number | undefined
}

/** The runs of all services, as the events tell of them. */
export type Runs = {
  readonly hear: (event: Event) => void
  /** The run with this process; undefined for one that was never told of, or long ago. */
  readonly find: (service: string, pid: number) => Run | undefined
  /** The run that is under way, or was last. */
  readonly last: (service: string) => Run | undefined
  readonly close: () => void
}

/** The last one, and the one before: its death may be told when the next one runs already. */
const MOST_RUNS = 2

/** Follows runs from now on, keeping the last lines and the memory of each; `vramBytes` is what was measured last. */
export function followRuns(host: Host, vramBytes: () => number | undefined): Runs {
  const runs = new Map<string, readonly Run[]>()
  const watch = memoryWatch(host)
  const last = (service: string) => runs.get(service)?.at(-1)
  const begin = (service: string, pid: number) => {
    const startedAtMs = host.clock.monotonicMs()
    const run: Run = {
      service,
      pid,
      startedAtMs,
      lines: lastLines(),
      memory: watch.begin(pid),
      wasReady: false,
      vramBytes: undefined,
    }
    runs.set(service, [...(runs.get(service) ?? []), run].slice(-MOST_RUNS))
  }
  const turn = (service: string, state: ServiceState, pid: number | undefined) => {
    const run = last(service)
    const isAlive = state === 'starting' || state === 'running'
    if (isAlive && pid !== undefined && pid !== run?.pid) begin(service, pid)
    else if (run !== undefined && state === 'running') run.wasReady = true
    else if (run !== undefined && !isAlive) end(run)
  }
  const end = (run: Run) => {
    run.memory.end()
    run.vramBytes ??= vramBytes()
  }
  return {
    hear: (event) => {
      if (event.type === 'service-line') last(event.service)?.lines.push(event, host.clock.monotonicMs())
      else if (event.type === 'service-state') turn(event.service, event.state, event.pid)
    },
    find: (service, pid) => runs.get(service)?.findLast((run) => run.pid === pid),
    last,
    close: watch.close,
  }
}
