import type { Ending } from '../../base/exit-code.ts'
import type { RestartPolicy } from '../../base/service.ts'
import { durationText, endingText } from './ending-text.ts'
import type { After, Past } from './life.ts'

/** An end, or a start that did not come about, that nobody asked us for. */
export type Death = {
  readonly atMs: number
  readonly ending: Ending
  /** What happened, where the ending does not say it. */
  readonly what?: string | undefined
  /** The service itself asked to be started again. */
  readonly restartAsked: boolean
  /** Another try is pointless whatever the policy says. */
  readonly hopeless: boolean
  /** From 0 to 1: spreads the waits of many services that died together. */
  readonly chance: number
}

/** What a death leads to, and what is remembered of it. `isDeath` is false for a restart the service asked for. */
export type Verdict = { readonly after: After; readonly past: Past; readonly isDeath: boolean }

/**
 * Judges a death. The limit counts deaths within the window, however well the service ran in between; the wait grows with
 * deaths in a row. At the limit comes one start in safe mode where there is one, and the next death ends it.
 */
export function judge(past: Past, death: Death, policy: RestartPolicy): Verdict {
  const { ending, atMs } = death
  const known = { ...past, lastEnding: ending }
  const requests = [...recent(past.requests, atMs, policy.windowMs), atMs]
  // A service that keeps asking before it ever answers would spin for ever: from the limit on it counts as dying.
  if (death.restartAsked && (requests.length === 1 || requests.length < policy.limit)) {
    const why = 'it asked for its restart'
    return { after: { do: 'start', mode: past.mode }, past: { ...known, requests, why }, isDeath: false }
  }
  if (ending.code === 0 && policy.when !== 'always' && !death.restartAsked)
    return { after: { do: 'end', ending }, past: { ...known, why: 'it ended by itself' }, isDeath: true }
  const end = hopelessness(past, death, policy)
  return end === undefined ? tryAgain(known, death, policy) : giveUp(known, ending, end)
}

/** Each wait is longer or shorter by up to this part of itself. */
const JITTER = 0.2

// Why there is no other try, in words.
function hopelessness(past: Past, death: Death, policy: RestartPolicy): string | undefined {
  const { ending } = death
  const ended = death.what ?? endingText(ending)
  if (policy.when === 'never') return `${ended}, and it is never restarted`
  if (death.hopeless || (ending.code !== null && policy.hopeless.includes(ending.code)))
    return `${ended}, which another try cannot change`
  return past.mode === 'safe' ? `${ended}, in safe mode too` : undefined
}

function tryAgain(past: Past, death: Death, policy: RestartPolicy): Verdict {
  const { ending, atMs, chance } = death
  const deaths = [...recent(past.deaths, atMs, policy.windowMs), atMs]
  const inARow = past.inARow + 1
  const count = `death ${deaths.length} of ${policy.limit} within ${durationText(policy.windowMs)}`
  const ended = `${death.what ?? endingText(ending)}; ${count}`
  if (deaths.length >= policy.limit) {
    if (policy.hasSafeMode !== true) return giveUp({ ...past, deaths, inARow }, ending, ended)
    const why = `${ended}; started in safe mode`
    return {
      after: { do: 'start', mode: 'safe' },
      past: { ...past, deaths: [], inARow: 0, requests: [], why },
      isDeath: true,
    }
  }
  const fullMs = Math.min(policy.mostDelayMs, policy.firstDelayMs * 2 ** (inARow - 1))
  const delayMs = Math.round(fullMs * (1 + JITTER * (2 * chance - 1)))
  const why = `${ended}; next try in ${durationText(delayMs)}`
  return { after: { do: 'wait', delayMs }, past: { ...past, deaths, inARow, why }, isDeath: true }
}

function giveUp(past: Past, ending: Ending, why: string): Verdict {
  return { after: { do: 'give-up', ending }, past: { ...past, why }, isDeath: true }
}

function recent(times: readonly number[], atMs: number, windowMs: number): readonly number[] {
  return times.filter((each) => atMs - each < windowMs)
}
