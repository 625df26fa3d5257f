import type { ServiceState, Tell } from '../../base/event.ts'
import type { Ending } from '../../base/exit-code.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Host } from '../../host/host.ts'
import { Driver } from './driver.ts'
import type { LogForm } from './lane.ts'
import { isSafe } from './news.ts'
import { makeOutlet } from './outlet.ts'
import { type Strays, strays } from './strays.ts'
import type { SpecFor } from './variant.ts'

/** One service as a door shows it. `sinceMs` is when it came into its state, milliseconds since 1970. */
export type ServiceStatus = {
  readonly name: string
  readonly title: string
  readonly state: ServiceState
  readonly pid: number | undefined
  /** Starts after the first one. */
  readonly restarts: number
  readonly ready: boolean
  /** It runs in safe mode. */
  readonly isSafe: boolean
  readonly lastEnding: Ending | undefined
  readonly why: string | undefined
  readonly sinceMs: number
}

/** How an essential service ended for good, by itself. */
export type EndReason = Ending & { readonly service: string; readonly why: string }

/** What a person may ask of a service. */
export type Act = 'start' | 'stop' | 'restart'

/** All services, running. */
export type Supervisor = {
  /** False when there is no such service, or all are being stopped. A stop resolves when the service is at rest. */
  readonly control: (service: string, act: Act) => Promise<boolean>
  /** Restarts a service that runs, for a reason of the program's own: deaths are not forgotten, safe mode is not left. */
  readonly restart: (service: string, why: string) => void
  readonly states: () => readonly ServiceStatus[]
  /** Resolves when an essential service has ended for good and its last lines are out. */
  readonly ended: Promise<EndReason>
  /**
   * Stops all at once, each by its own ladder made to fit the grace (milliseconds); a second call shortens it. Resolves
   * when nothing runs any more and all output is forwarded; with false when something had to be killed. What left the
   * services' groups is ended last, where nothing else can be in this container.
   */
  readonly stopAll: (graceMs: number) => Promise<boolean>
}

/** Beyond the grace, until a service that survives SIGKILL is no longer waited for, milliseconds. */
const SPARE_MS = 500

/**
 * Who is told, and what is started in which mode: the spec itself where `specFor` is not given. `form` is how output stands
 * in the container's log, with prefixes by default; `logAgeMs` how long log files are kept, for ever by default.
 */
export type Supervision = {
  readonly tell: Tell
  readonly specFor?: SpecFor | undefined
  readonly form?: LogForm
  readonly logAgeMs?: number | undefined
}

/** Starts all services and keeps them running as their specs say, until `stopAll`. */
export function superviseAll(
  host: Host,
  specs: readonly ServiceSpec[],
  { tell, specFor, form = 'prefix', logAgeMs }: Supervision,
): Supervisor {
  const ended = Promise.withResolvers<EndReason>()
  const rests = restWatch()
  const outlet = makeOutlet(host, form)
  const sweep = strays(host, tell)
  const all = specs.map((spec) => {
    const onOver = (ending: Ending, why: string) => {
      if (spec.essential) ended.resolve({ ...ending, service: spec.name, why })
    }
    return new Driver(host, spec, { tell, outlet, onChanged: rests.look, onOver, specFor, logAgeMs })
  })
  let stopping: Promise<boolean> | undefined
  for (const each of all) each.ask({ type: 'start-asked' })
  return {
    control: async (service, act) => {
      const found = all.find(({ spec }) => spec.name === service)
      if (found === undefined || stopping !== undefined) return false
      found.ask({ type: `${act}-asked` })
      if (act === 'stop') await rests.until([found])
      return true
    },
    restart: (service, why) => {
      if (stopping === undefined)
        all.find(({ spec }) => spec.name === service)?.ask({ type: 'restart-asked', why })
    },
    states: () => all.map(statusOf),
    ended: ended.promise,
    stopAll: (graceMs) => {
      for (const each of all) each.ask({ type: 'stop-asked', graceMs })
      sweep.within(graceMs)
      stopping ??= comeToRest(host, all, { rests, sweep, deadlineMs: graceMs + SPARE_MS })
      return stopping
    },
  }
}

type RestWatch = ReturnType<typeof restWatch>

function restWatch() {
  const waiting = new Set<() => void>()
  return {
    look: () => {
      for (const look of [...waiting]) look()
    },
    until: (services: readonly Driver[], isThere = isAtRest) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!services.every(isThere)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

type Coming = { readonly rests: RestWatch; readonly sweep: Strays; readonly deadlineMs: number }

async function comeToRest(
  host: Host,
  all: readonly Driver[],
  { rests, sweep, deadlineMs }: Coming,
): Promise<boolean> {
  const within = async (ms: number, come: Promise<void>) => {
    const done = new AbortController()
    await Promise.race([come, host.clock.sleep(ms, done.signal)])
    done.abort()
  }
  await within(deadlineMs, rests.until(all))
  // On a busy machine what was killed may be a moment in dying.
  await within(SPARE_MS, rests.until(all, isOver))
  await sweep.end()
  await Promise.all(all.map((each) => each.close()))
  return all.every((each) => isOver(each) && !each.wasKilled)
}

function isAtRest(driver: Driver): boolean {
  return isOver(driver) || driver.now.life.state === 'stuck'
}

function isOver({ now }: Driver): boolean {
  return now.life.state === 'stopped' || now.life.state === 'gave-up'
}

function statusOf({ spec, now, sinceMs }: Driver): ServiceStatus {
  const { life, past } = now
  return {
    name: spec.name,
    title: spec.title,
    state: life.state,
    pid: 'pid' in life ? life.pid : undefined,
    restarts: Math.max(0, past.starts - 1),
    ready: life.state === 'running',
    isSafe: isSafe(now),
    lastEnding: past.lastEnding,
    why: past.why,
    sinceMs,
  }
}
