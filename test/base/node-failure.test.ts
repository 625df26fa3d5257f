import { expect, test } from 'vitest'
import { failureOf, isReadable, problemOf } from '../../src/base/node-failure.ts'
import { Problem } from '../../src/base/problem.ts'

const KEPT = failureOf(new Problem('PACKAGES_NOT_REACHED', { said: 'Nobody answers.', kept: true }), true)

test('a problem that was kept comes back with its words', () => {
  expect(isReadable(KEPT)).toBe(true)
  expect(problemOf(KEPT, true)).toMatchObject({ code: 'PACKAGES_NOT_REACHED', level: 'blocking' })
})

test('a code or details of another version cannot be read', () => {
  expect(isReadable({ ...KEPT, code: 'OF_A_NEWER_VERSION' as never })).toBe(false)
  expect(isReadable({ ...KEPT, code: 'toString' as never })).toBe(false)
})
