import { expect, test } from 'vitest'
import type { Progress } from '../../src/base/event.ts'
import { timeLeft } from '../../src/engine/time-left.ts'

const MIB = 1024 ** 2

/** A copy of 100 files and 1000 MiB that is told about at given times; the answer is the time left, milliseconds. */
function aCopy() {
  let nowMs = 5_000_000
  const leftOf = timeLeft(() => nowMs)
  return {
    pass: (ms: number) => {
      nowMs += ms
    },
    tell: (files: number, mebibytes: number, more: Pick<Progress, 'paused'> = {}) =>
      leftOf({
        bytes: { done: mebibytes * MIB, total: 1000 * MIB },
        files: { done: files, total: 100 },
        ...more,
      }),
  }
}

test('of a step that counts nodes the time left is told by these', () => {
  let nowMs = 0
  const leftOf = timeLeft(() => nowMs)
  const none = { done: 0, total: 0 }
  const tell = (done: number) => leftOf({ bytes: none, files: none, nodes: { done, total: 4 } })

  tell(1)
  nowMs += 2000

  expect(tell(2)).toBe(4000)
})

test('in the first second nothing is said', () => {
  const { tell, pass } = aCopy()

  expect(tell(0, 0)).toBeUndefined()
  pass(999)
  expect(tell(10, 100)).toBeUndefined()
  pass(1)
  expect(tell(10, 100)).toBe(9000)
})

test('bytes and files each have a speed, and the later end counts', () => {
  const { tell, pass } = aCopy()
  tell(0, 0)
  pass(2000)

  expect(tell(50, 100)).toBe(18_000)
  expect(tell(10, 500)).toBe(18_000)
})

test('what stands still has no say while the other moves', () => {
  const { tell, pass } = aCopy()
  tell(99, 500)
  pass(1000)

  expect(tell(99, 600)).toBe(4000)
  expect(tell(99, 500)).toBeUndefined()
})

test('a start in the middle is no speed: only what was watched counts', () => {
  const { tell, pass } = aCopy()
  tell(90, 900)
  pass(1000)

  expect(tell(91, 910)).toBe(9000)
})

test('the speed is that of the last ten seconds', () => {
  const { tell, pass } = aCopy()
  tell(0, 0)
  pass(1000)
  tell(50, 500)
  for (let second = 1; second <= 10; second++) {
    pass(1000)
    tell(50 + second, 500 + 10 * second)
  }

  expect(tell(60, 600)).toBe(40_000)
})

test('a long silence is part of the speed', () => {
  const { tell, pass } = aCopy()
  tell(0, 0)
  pass(60_000)

  expect(tell(50, 500)).toBe(60_000)
})

test('a pause has no time left, and is no part of the speed after it', () => {
  const { tell, pass } = aCopy()
  tell(0, 0)
  pass(2000)
  expect(tell(20, 200, { paused: true })).toBeUndefined()
  pass(600_000)
  expect(tell(20, 200)).toBeUndefined()
  pass(1000)

  expect(tell(30, 300)).toBe(7000)
})

test('nothing left is no time, and more than all is nothing left', () => {
  const { tell, pass } = aCopy()
  tell(50, 500)
  pass(1000)

  expect(tell(100, 1000)).toBe(0)
  expect(tell(101, 1001)).toBe(0)
})

test('told a thousand times a second it is as good as told once', () => {
  const { tell, pass } = aCopy()
  for (let ms = 0; ms < 5000; ms++) {
    tell(ms / 100, ms / 10)
    pass(1)
  }

  expect(tell(50, 500)).toBe(5000)
})
