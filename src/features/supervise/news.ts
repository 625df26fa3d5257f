import type { Event } from '../../base/event.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { ServiceNow } from './life.ts'

/** Whether a turn is told. A start is told once its process is there; until then nothing of it can be seen. */
export function isNews(before: ServiceNow, after: ServiceNow): boolean {
  if (after.life.state !== 'starting') return after.life.state !== before.life.state
  return after.life.pid !== undefined && after.life !== before.life
}

/** The state of a service as it is told. */
export function stateEvent(spec: ServiceSpec, now: ServiceNow): Event {
  const { life, past } = now
  const pid = 'pid' in life ? life.pid : undefined
  return {
    type: 'service-state',
    service: spec.name,
    state: life.state,
    ...(pid === undefined ? {} : { pid }),
    ...(past.why === undefined ? {} : { why: past.why }),
    ...(isSafe(now) ? { isSafe: true } : {}),
  }
}

/** Whether what runs of a service, or ended it for good, runs in safe mode. */
export function isSafe({ life, past }: ServiceNow): boolean {
  return past.mode === 'safe' && life.state !== 'stopped'
}
