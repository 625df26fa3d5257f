import type { Ending } from '../../base/exit-code.ts'
import type { RestartPolicy } from '../../base/service.ts'
import { durationText, endingText } from './ending-text.ts'
import type { After, Past } from './life.ts'

/** A death that nobody asked us for. */
export type Death = {
  readonly atMs: number
  readonly ending: Ending
  /** The service itself asked to be started again. */
  readonly restartAsked: boolean
  /** Another try is pointless whatever the policy says. */
  readonly hopeless: boolean
}

/** What a death leads to, and what is remembered of it. A wait is doubled with each death within the window. */
export function judge(past: Past, death: Death, policy: RestartPolicy): { after: After; past: Past } {
  const { ending, atMs } = death
  const ended = endingText(ending)
  const known = { ...past, lastEnding: ending }
  const requests = [...recent(past.requests, atMs, policy.windowMs), atMs]
  // A service that keeps asking before it ever answers would spin for ever: from the limit on it counts as dying.
  if (death.restartAsked && requests.length < policy.limit)
    return { after: { do: 'start' }, past: { ...known, requests, why: 'it asked for its restart' } }
  if (ending.code === 0 && policy.when !== 'always' && !death.restartAsked)
    return { after: { do: 'end', ending }, past: { ...known, why: 'it ended by itself' } }
  if (policy.when === 'never') return giveUp(known, ending, `${ended}, and it is never restarted`)
  if (death.hopeless || (ending.code !== null && policy.hopeless.includes(ending.code)))
    return giveUp(known, ending, `${ended}, which another try cannot change`)
  const deaths = [...recent(past.deaths, atMs, policy.windowMs), atMs]
  const count = `death ${deaths.length} of ${policy.limit} within ${durationText(policy.windowMs)}`
  if (deaths.length >= policy.limit) return giveUp({ ...known, deaths }, ending, `${ended}; ${count}`)
  const delayMs = Math.min(policy.mostDelayMs, policy.firstDelayMs * 2 ** (deaths.length - 1))
  const why = `${ended}; ${count}; next try in ${durationText(delayMs)}`
  return { after: { do: 'wait', delayMs }, past: { ...known, deaths, why } }
}

function giveUp(past: Past, ending: Ending, why: string): { after: After; past: Past } {
  return { after: { do: 'give-up', ending }, past: { ...past, why } }
}

function recent(times: readonly number[], atMs: number, windowMs: number): readonly number[] {
  return times.filter((each) => atMs - each < windowMs)
}
