import type { Bus, Phase, ServiceState } from '../base/event.ts'
import { exitCodeOf, exitCodeOfEnding } from '../base/exit-code.ts'
import type { Verdict } from '../base/report.ts'
import type { ServiceSpec } from '../base/service.ts'
import { secretsOf } from '../features/deaths/secrets.ts'
import { answersNow } from '../features/supervise/readiness.ts'
import { superviseAll } from '../features/supervise/supervise.ts'
import type { SpecFor } from '../features/supervise/variant.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import type { DoorKeeper } from './door-keeper.ts'
import { type Keepers, keepers } from './keepers.ts'
import type { LockKeeper } from './lock-keeper.ts'
import { serviceLog } from './log.ts'
import type { Settled } from './settle.ts'
import type { StopRequest } from './stop-request.ts'

/** What watching over needs. */
export type Watching = Pick<Settled, 'facts' | 'places'> & {
  readonly specs: readonly ServiceSpec[]
  readonly specFor: SpecFor
  readonly bus: Bus
  readonly stop: StopRequest
  readonly settings: Settings
  readonly doors: DoorKeeper
  readonly lock: LockKeeper
  readonly verdict: Verdict
}

/** After a service is ready or has died, until what only its start or its end needed is given back, milliseconds. */
const REST_MS = 2000

/** Time left to the stop ladders once a second request to stop came, milliseconds. */
const HURRY_MS = 1000

/**
 * Starts the services and stays until told to stop, until an essential one ended for good, or until the workspace is another's.
 * Resolves with the exit code.
 */
export async function watchOver(
  host: Host,
  { specs, specFor, bus, stop, settings, doors, lock, verdict, facts, places }: Watching,
): Promise<number> {
  bus.tell({ type: 'phase', phase: 'starting' })
  const states = new Map<string, ServiceState>()
  let cancelRest = () => {}
  bus.listen((event) => {
    if (event.type !== 'service-state' || lock.signal.aborted) return
    states.set(event.service, event.state)
    bus.tell({ type: 'phase', phase: phaseOf(specs, states, verdict) })
    if (event.state !== 'running' && event.state !== 'backoff') return
    cancelRest()
    cancelRest = host.clock.after(REST_MS, host.memory.rest)
  })
  const comfyui = specs.find((spec) => spec.essential)
  await doors.leaveComfyPort()
  const restart = (service: string, why: string) => supervisor.restart(service, why)
  const watchers = keepers(host, { specs, bus, settings, facts, places, restart })
  const supervisor = superviseAll(host, specs, { tell: bus.tell, specFor, ...serviceLog(settings) })
  doors.steer({
    answers: () => answers(host, specs),
    services: () => specs,
    control: async (service, act) => {
      // What waits in its queue is queued again by the next run.
      if (act !== 'start' && service === comfyui?.name) await watchers.keep()
      return supervisor.control(service, act)
    },
    logFile: (service) => specs.find((spec) => spec.name === service)?.logFile,
    gauges: watchers.gauges,
    secrets: secretsOf(settings, specs),
  })
  await doors.open()
  const ended = await Promise.race([supervisor.ended, aborted(lock.signal)])
  const isLost = lock.lost.aborted
  bus.tell({ type: 'phase', phase: 'stopping' })
  if (!isLost && ended === undefined) await drain(watchers, stop)
  stop.onAgain(() => void supervisor.stopAll(HURRY_MS))
  const inTime = await supervisor.stopAll(settings.stopGraceMs)
  await watchers.close()
  bus.tell({ type: 'phase', phase: 'stopped' })
  if (isLost) return exitCodeOf(lock.problems().map((each) => each.kind))
  // It may have ended by itself in the moment in which the container was asked to stop.
  const ending = ended ?? (await Promise.race([supervisor.ended, undefined]))
  if (ending !== undefined) return exitCodeOfEnding(ending, host.signals.number)
  return inTime ? 0 : exitCodeOfEnding({ code: null, signal: 'SIGKILL' }, host.signals.number)
}

// A second request to stop ends the wait, and only a further one hurries the stop itself.
function drain(watchers: Keepers, stop: StopRequest): Promise<void> {
  const hurry = new AbortController()
  stop.onAgain(() => hurry.abort())
  return watchers.drain(hurry.signal)
}

const PHASES: Readonly<Record<ServiceState, Phase>> = {
  starting: 'starting',
  backoff: 'starting',
  running: 'ready',
  stopping: 'stopping',
  killing: 'stopping',
  stopped: 'stopped',
  'gave-up': 'failed',
  stuck: 'failed',
}

/** ComfyUI’s state decides; whatever else was given up makes a running one degraded. */
export function phaseOf(
  specs: readonly Pick<ServiceSpec, 'name' | 'essential'>[],
  states: ReadonlyMap<string, ServiceState>,
  verdict: Verdict,
): Phase {
  const essential = specs.find((spec) => spec.essential)
  const phase = PHASES[states.get(essential?.name ?? '') ?? 'starting']
  if (phase !== 'ready') return phase
  const isLame = specs.some(({ name }) => states.get(name) === 'gave-up' || states.get(name) === 'stuck')
  return isLame || verdict === 'degraded' ? 'degraded' : 'ready'
}

/** A busy ComfyUI may take its time; a probe may not. Milliseconds. */
const ANSWER_MS = 3000

function answers(host: Host, specs: readonly ServiceSpec[]): Promise<boolean> {
  const ready = specs.find((spec) => spec.essential)?.ready
  return ready === undefined ? Promise.resolve(false) : answersNow(host, ready, ANSWER_MS)
}

function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined)
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }))
}
