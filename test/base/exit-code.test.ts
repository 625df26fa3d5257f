import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { exitCodeOf, exitCodeOfEnding } from '../../src/base/exit-code.ts'

test.each([
  [[], 0],
  [['settings'], 78],
  [['environment'], 69],
  [['temporary'], 75],
  [['usage'], 64],
  [['bug'], 70],
  [['temporary', 'environment'], 69],
  [['environment', 'settings'], 78],
  [['settings', 'usage'], 64],
  [['temporary', 'settings', 'bug'], 70],
] as const)('problems of the kinds %j end with %d', (kinds, code) => {
  expect(exitCodeOf(kinds)).toBe(code)
})

test.each([
  [{ code: 0, signal: null }, 0],
  [{ code: 255, signal: null }, 255],
  [{ code: null, signal: 'SIGTERM' }, 143],
  [{ code: null, signal: 'SIGKILL' }, 137],
  [{ code: null, signal: null }, 70],
] as const)('the ending %j is the exit code %d', (ending, code) => {
  expect(exitCodeOfEnding(ending, (name) => constants.signals[name])).toBe(code)
})
