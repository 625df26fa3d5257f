import { expect, test } from 'vitest'
import type { Ending } from '../../../src/base/exit-code.ts'
import type { RestartPolicy } from '../../../src/base/service.ts'
import { judge } from '../../../src/features/supervise/judge.ts'
import { neverStarted, type Past } from '../../../src/features/supervise/life.ts'

const POLICY: RestartPolicy = {
  when: 'on-failure',
  limit: 3,
  windowMs: 60_000,
  firstDelayMs: 1000,
  mostDelayMs: 3000,
  hopeless: [2],
}
const CRASH: Ending = { code: 1, signal: null }

function deathsAt(times: readonly number[], policy = POLICY, restartAsked = false) {
  let past: Past = neverStarted.past
  return times.map((atMs) => {
    const verdict = judge(past, { atMs, ending: CRASH, restartAsked, hopeless: false }, policy)
    past = verdict.past
    return verdict.after
  })
}

function once(ending: Ending, policy: RestartPolicy = POLICY) {
  return judge(neverStarted.past, { atMs: 0, ending, restartAsked: false, hopeless: false }, policy).after
}

test('the wait doubles with each death up to the most', () => {
  const patient = { ...POLICY, limit: 9 }
  expect(deathsAt([0, 1000, 3000, 6000], patient)).toEqual(
    [1000, 2000, 3000, 3000].map((delayMs) => ({ do: 'wait', delayMs })),
  )
})

test('the limit of deaths within the window is the end, with the last ending', () => {
  expect(deathsAt([0, 20_000, 59_000]).at(-1)).toEqual({ do: 'give-up', ending: CRASH })
})

test('deaths older than the window are forgotten, and the wait is short again', () => {
  expect(deathsAt([0, 20_000, 80_000]).at(-1)).toEqual({ do: 'wait', delayMs: 1000 })
})

test('a service that dies every twenty seconds is given up although each run looked fine', () => {
  expect(deathsAt([0, 20_000, 40_000]).at(-1)?.do).toBe('give-up')
})

test('exit code 0 is the end and no crash; where it always restarts it counts as a death', () => {
  const fine: Ending = { code: 0, signal: null }
  expect(once(fine)).toEqual({ do: 'end', ending: fine })
  expect(once(fine, { ...POLICY, when: 'always' })).toEqual({ do: 'wait', delayMs: 1000 })
})

test('a hopeless exit code is given up at once', () => {
  const ending: Ending = { code: 2, signal: null }
  expect(once(ending)).toEqual({ do: 'give-up', ending })
})

test('where it never restarts, a crash is given up at once', () => {
  expect(once(CRASH, { ...POLICY, when: 'never' })).toEqual({ do: 'give-up', ending: CRASH })
})

test('an ending by signal is a crash', () => {
  expect(once({ code: null, signal: 'SIGSEGV' })).toEqual({ do: 'wait', delayMs: 1000 })
})

test('a restart that the service asked for is no death and has no wait', () => {
  const { after, past } = judge(
    neverStarted.past,
    { atMs: 0, ending: { code: 0, signal: null }, restartAsked: true, hopeless: false },
    POLICY,
  )
  expect(after).toEqual({ do: 'start' })
  expect(past.deaths).toEqual([])
})

test('a service that keeps asking before it ever answers waits, and is given up in the end', () => {
  expect(deathsAt([0, 1, 2, 3, 4], POLICY, true).map((after) => after.do)).toEqual([
    'start',
    'start',
    'wait',
    'wait',
    'give-up',
  ])
})
