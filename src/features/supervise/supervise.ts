import type { ServiceState, Tell } from '../../base/event.ts'
import type { Ending } from '../../base/exit-code.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Host } from '../../host/host.ts'
import { Driver } from './driver.ts'
import { makeOutlet } from './outlet.ts'

/** One service as a door shows it. `sinceMs` is when it came into its state, milliseconds since 1970. */
export type ServiceStatus = {
  readonly name: string
  readonly title: string
  readonly state: ServiceState
  readonly pid: number | undefined
  /** Starts after the first one. */
  readonly restarts: number
  readonly ready: boolean
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
  readonly states: () => readonly ServiceStatus[]
  /** Resolves when an essential service has ended for good and its last lines are out. */
  readonly ended: Promise<EndReason>
  /**
   * Stops all at once, each by its own ladder made to fit the grace (milliseconds); a second call shortens it. Resolves
   * when nothing runs any more and all output is forwarded; with false when something had to be killed.
   */
  readonly stopAll: (graceMs: number) => Promise<boolean>
}

/** Beyond the grace, until a service that survives SIGKILL is no longer waited for, milliseconds. */
const SPARE_MS = 500

/** Starts all services and keeps them running as their specs say, until `stopAll`. */
export function superviseAll(host: Host, specs: readonly ServiceSpec[], tell: Tell): Supervisor {
  const ended = Promise.withResolvers<EndReason>()
  const rests = restWatch()
  const outlet = makeOutlet(host.out)
  const all = specs.map((spec) => {
    const onOver = (ending: Ending, why: string) => {
      if (spec.essential) ended.resolve({ ...ending, service: spec.name, why })
    }
    return new Driver(host, spec, { tell, outlet, onChanged: rests.look, onOver })
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
    states: () => all.map(statusOf),
    ended: ended.promise,
    stopAll: (graceMs) => {
      for (const each of all) each.ask({ type: 'stop-asked', graceMs })
      stopping ??= comeToRest(host, all, { rests, deadlineMs: graceMs + SPARE_MS })
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
    until: (services: readonly Driver[]) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!services.every(isAtRest)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

async function comeToRest(
  host: Host,
  all: readonly Driver[],
  { rests, deadlineMs }: { readonly rests: RestWatch; readonly deadlineMs: number },
): Promise<boolean> {
  const done = new AbortController()
  await Promise.race([rests.until(all), host.clock.sleep(deadlineMs, done.signal)])
  done.abort()
  await Promise.all(all.map((each) => each.close()))
  return all.every((each) => isAtRest(each) && each.now.life.state !== 'stuck' && !each.wasKilled)
}

function isAtRest(driver: Driver): boolean {
  return ['stopped', 'gave-up', 'stuck'].includes(driver.now.life.state)
}

function statusOf({ spec, now: { life, past }, sinceMs }: Driver): ServiceStatus {
  return {
    name: spec.name,
    title: spec.title,
    state: life.state,
    pid: 'pid' in life ? life.pid : undefined,
    restarts: Math.max(0, past.starts - 1),
    ready: life.state === 'running',
    lastEnding: past.lastEnding,
    why: past.why,
    sinceMs,
  }
}
