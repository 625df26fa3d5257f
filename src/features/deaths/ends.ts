import type { Condition, Event } from '../../base/event.ts'
import type { Ending } from '../../base/exit-code.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { Run, Runs } from './runs.ts'

/** The end of a run that is to be explained. */
export type End = {
  readonly spec: ServiceSpec
  readonly run: Run
  readonly ending: Ending
  readonly uptimeMs: number
  readonly isSafe: boolean
  /** It was stopped because it did no more work: in these words. */
  readonly stalled: string | undefined
  /** The GPU had been found lost. */
  readonly isGpuLost: boolean
}

/** Neither: it was stopped. */
const STOPPED: Ending = { code: null, signal: null }

/**
 * Finds the ends to explain among all events: deaths that nobody asked for, and the stop of an essential service that had
 * stalled, since why it had to be stopped is the same question.
 */
export function findEnds(
  services: readonly ServiceSpec[],
  runs: Runs,
  nowMs: () => number,
): (event: Event) => End | undefined {
  const conditions = new Map<Condition, string>()
  const told = new WeakSet<Run>()
  const ofDeath = (event: Event & { type: 'service-death' }, spec: ServiceSpec): End | undefined => {
    const { pid, ending, uptimeMs, isSafe } = event
    const run = runs.find(spec.name, pid)
    const isGpuLost = spec.essential && conditions.has('gpu-lost')
    return run && { spec, run, ending, uptimeMs, isSafe, stalled: undefined, isGpuLost }
  }
  const ofStop = (event: Event & { type: 'service-state' }, spec: ServiceSpec): End | undefined => {
    const { state, isSafe = false } = event
    const stalled = spec.essential ? conditions.get('stalled') : undefined
    const run = runs.last(spec.name)
    if ((state !== 'stopping' && state !== 'killing') || stalled === undefined) return undefined
    if (run === undefined || told.has(run)) return undefined
    told.add(run)
    const uptimeMs = Math.round(nowMs() - run.startedAtMs)
    return { spec, run, ending: STOPPED, uptimeMs, isSafe, stalled, isGpuLost: false }
  }
  return (event) => {
    if (event.type === 'condition') {
      if (event.text === undefined) conditions.delete(event.condition)
      else conditions.set(event.condition, event.text)
    }
    if (event.type !== 'service-death' && event.type !== 'service-state') return undefined
    const spec = services.find(({ name }) => name === event.service)
    if (spec === undefined) return undefined
    return event.type === 'service-death' ? ofDeath(event, spec) : ofStop(event, spec)
  }
}
