import type { ServiceState } from '../../base/event.ts'
import { climb, shorten } from './ladder.ts'
import type { After, Descent, Policy, ServiceCommand, ServiceNow, Turn } from './life.ts'

/** Why and for what a service is led down its ladder, and when; with a grace all of it must be over within that time. */
export type Leave = {
  readonly after: After
  readonly why: string
  readonly event: { readonly atMs: number; readonly graceMs?: number }
  readonly policy: Policy
}

/** The first rung of the ladder. Without a process there is nobody to signal yet: it is done once one is there. */
export function descend(
  now: ServiceNow,
  pid: number | undefined,
  { after, why, event, policy }: Leave,
): Turn {
  const { atMs, graceMs } = event
  const [first] = policy.stop
  const full = { rungs: policy.stop, endsMs: atMs + (first?.graceMs ?? 0) }
  const descent = shorten(full, atMs, graceMs)
  return [
    { life: { state: stateOn(descent), pid, descent, after }, past: { ...now.past, why } },
    [...signalNow(pid, descent), wakeAfter(descent, atMs)],
  ]
}

/** The next rung; after the last one it is stuck: nothing ends it. */
export function rungElapsed(now: ServiceNow, atMs: number): Turn {
  const { life, past } = now
  if (life.state !== 'stopping' && life.state !== 'killing') return [now, []]
  const descent = climb(life.descent, atMs)
  if (descent === undefined) {
    const why = 'it survived SIGKILL'
    return [{ life: { state: 'stuck', pid: life.pid, after: life.after }, past: { ...past, why } }, []]
  }
  return [
    { life: { ...life, state: stateOn(descent), descent }, past },
    [...signalNow(life.pid, descent), wakeAfter(descent, atMs)],
  ]
}

/** The signal of the current rung, where there is somebody to signal. */
export function signalNow(pid: number | undefined, descent: Descent): readonly ServiceCommand[] {
  const signal = descent.rungs[0]?.signal
  return pid === undefined || signal === undefined ? [] : [{ do: 'signal', pid, signal }]
}

/** The wake-up at the end of the current rung. */
export function wakeAfter(descent: Descent, atMs: number): ServiceCommand {
  return { do: 'wake', afterMs: Math.max(0, descent.endsMs - atMs), with: 'rung-elapsed' }
}

function stateOn(descent: Descent): Extract<ServiceState, 'stopping' | 'killing'> {
  return descent.rungs[0]?.signal === 'SIGKILL' ? 'killing' : 'stopping'
}
