import { expect, test } from 'vitest'
import type { Ending } from '../../../src/base/exit-code.ts'
import type { RestartPolicy } from '../../../src/base/service.ts'
import { type Death, judge } from '../../../src/features/supervise/judge.ts'
import { neverStarted, type Past } from '../../../src/features/supervise/life.ts'

const POLICY: RestartPolicy = {
  when: 'on-failure',
  limit: 3,
  windowMs: 60_000,
  firstDelayMs: 1000,
  mostDelayMs: 3000,
  hopeless: [2],
}
const PATIENT = { ...POLICY, limit: 9 }
const CRASH: Ending = { code: 1, signal: null }
const FINE: Ending = { code: 0, signal: null }
const DEATH: Death = { atMs: 0, ending: CRASH, restartAsked: false, hopeless: false, chance: 0.5 }

function deathsAt(times: readonly number[], policy = POLICY, differs: Partial<Death> = {}) {
  let past: Past = neverStarted.past
  return times.map((atMs) => {
    const verdict = judge(past, { ...DEATH, ...differs, atMs }, policy)
    past = verdict.past
    return verdict.after
  })
}

function once(differs: Partial<Death>, policy: RestartPolicy = POLICY) {
  return judge(neverStarted.past, { ...DEATH, ...differs }, policy).after
}

test('the wait doubles with each death in a row up to the most', () => {
  expect(deathsAt([0, 1000, 3000, 6000], PATIENT)).toEqual(
    [1000, 2000, 3000, 3000].map((delayMs) => ({ do: 'wait', delayMs })),
  )
})

test('the wait is longer or shorter by a fifth at most, as chance has it, also the longest one', () => {
  const waits = (chance: number) => deathsAt([0, 1000, 3000, 6000], PATIENT, { chance })
  const delays = (chance: number) => waits(chance).map((after) => 'delayMs' in after && after.delayMs)
  expect(delays(0)).toEqual([800, 1600, 2400, 2400])
  expect(delays(0.999_999)).toEqual([1200, 2400, 3600, 3600])
})

test('deaths older than the window are forgotten, but the wait grows on until it has answered', () => {
  expect(deathsAt([0, 70_000, 140_000]).at(-1)).toEqual({ do: 'wait', delayMs: 3000 })
})

test('the limit of deaths within the window is the end, with the last ending', () => {
  expect(deathsAt([0, 20_000, 59_000]).at(-1)).toEqual({ do: 'give-up', ending: CRASH })
})

test('a service that dies every twenty seconds is given up although each run looked fine', () => {
  let past: Past = neverStarted.past
  const ends = [0, 20_000, 40_000].map((atMs) => {
    const verdict = judge({ ...past, inARow: 0 }, { ...DEATH, atMs }, POLICY)
    past = verdict.past
    return verdict.after
  })
  expect(ends).toEqual([
    { do: 'wait', delayMs: 1000 },
    { do: 'wait', delayMs: 1000 },
    { do: 'give-up', ending: CRASH },
  ])
})

test('exit code 0 is the end and no crash; where it always restarts it counts as a death', () => {
  expect(once({ ending: FINE })).toEqual({ do: 'end', ending: FINE })
  expect(once({ ending: FINE }, { ...POLICY, when: 'always' })).toEqual({ do: 'wait', delayMs: 1000 })
})

test('a hopeless exit code is given up at once, with a safe mode too', () => {
  const ending: Ending = { code: 2, signal: null }
  expect(once({ ending })).toEqual({ do: 'give-up', ending })
  expect(once({ ending }, { ...POLICY, hasSafeMode: true })).toEqual({ do: 'give-up', ending })
})

test('where it never restarts, a crash is given up at once', () => {
  expect(once({}, { ...POLICY, when: 'never', hasSafeMode: true })).toEqual({ do: 'give-up', ending: CRASH })
})

test('an ending by signal is a crash', () => {
  expect(once({ ending: { code: null, signal: 'SIGSEGV' } })).toEqual({ do: 'wait', delayMs: 1000 })
})

test('a restart that the service asked for is no death and has no wait', () => {
  const verdict = judge(neverStarted.past, { ...DEATH, ending: FINE, restartAsked: true }, POLICY)
  expect(verdict.after).toEqual({ do: 'start', mode: 'normal' })
  expect([verdict.isDeath, verdict.past.deaths]).toEqual([false, []])
})

test('the first restart that it asks for since it answered is granted, whatever the limit', () => {
  expect(once({ restartAsked: true }, { ...POLICY, limit: 1 })).toEqual({ do: 'start', mode: 'normal' })
})

test('a service that keeps asking before it ever answers waits, and is given up in the end', () => {
  const afters = deathsAt([0, 1, 2, 3, 4], POLICY, { restartAsked: true })
  expect(afters.map((after) => after.do)).toEqual(['start', 'start', 'wait', 'wait', 'give-up'])
})

const SAFE = { ...POLICY, hasSafeMode: true }

test('at the limit it is started once more in safe mode, with its deaths counted anew', () => {
  const past = { ...neverStarted.past, deaths: [0, 1], inARow: 2 }
  const verdict = judge(past, { ...DEATH, atMs: 2 }, SAFE)
  expect(verdict.after).toEqual({ do: 'start', mode: 'safe' })
  expect(verdict.past).toMatchObject({ deaths: [], inARow: 0, lastEnding: CRASH })
  expect(verdict.past.why).toBe('exit code 1; death 3 of 3 within 60 s; started in safe mode')
})

test('in safe mode the next death ends it, with its own ending', () => {
  const past: Past = { ...neverStarted.past, mode: 'safe' }
  const ending: Ending = { code: 7, signal: null }
  const verdict = judge(past, { ...DEATH, ending }, SAFE)
  expect(verdict.after).toEqual({ do: 'give-up', ending })
  expect(verdict.past.why).toBe('exit code 7, in safe mode too')
})

test('a restart asked for in safe mode stays in it', () => {
  const past: Past = { ...neverStarted.past, mode: 'safe' }
  expect(judge(past, { ...DEATH, restartAsked: true }, SAFE).after).toEqual({ do: 'start', mode: 'safe' })
})

test('what happened is told instead of the ending where the ending does not say it', () => {
  const verdict = judge(neverStarted.past, { ...DEATH, what: 'port 8188 is taken' }, POLICY)
  expect(verdict.past.why).toBe('port 8188 is taken; death 1 of 3 within 60 s; next try in 1 s')
})
