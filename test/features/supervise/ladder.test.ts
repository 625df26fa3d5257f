import { expect, test } from 'vitest'
import { climb, shorten } from '../../../src/features/supervise/ladder.ts'
import type { Descent } from '../../../src/features/supervise/life.ts'

const DESCENT: Descent = {
  rungs: [
    { signal: 'SIGINT', graceMs: 5000 },
    { signal: 'SIGTERM', graceMs: 2000 },
    { signal: 'SIGKILL', graceMs: 1000 },
  ],
  endsMs: 5000,
}

test('a ladder is made to fit inside a grace, each rung in proportion', () => {
  const { rungs, endsMs } = shorten(DESCENT, 0, 4000)
  expect([endsMs, ...rungs.slice(1).map((rung) => rung.graceMs)]).toEqual([2500, 1000, 500])
})

test('a longer grace changes nothing', () => {
  expect(shorten(DESCENT, 0, 60_000)).toEqual(DESCENT)
})

test('what is left of a rung counts, not what it once had', () => {
  expect(shorten(DESCENT, 4000, 2000).endsMs).toBe(4500)
})

test('no grace at all leaves no time on any rung', () => {
  const { rungs, endsMs } = shorten(DESCENT, 1000, 0)
  expect([endsMs, ...rungs.slice(1).map((rung) => rung.graceMs)]).toEqual([1000, 0, 0])
})

test('climbing ends after the last rung', () => {
  const term = climb(DESCENT, 5000)
  expect(term?.endsMs).toBe(7000)
  const kill = term && climb(term, 7000)
  expect(kill?.rungs.map((rung) => rung.signal)).toEqual(['SIGKILL'])
  expect(kill && climb(kill, 8000)).toBeUndefined()
})
