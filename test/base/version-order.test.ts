import { expect, test } from 'vitest'
import { isOlderThan } from '../../src/base/version-order.ts'

test.each([
  ['0.33.0', '0.34.0', true],
  ['0.33.9', '0.33.10', true],
  ['0.33', '0.33.1', true],
  ['v0.3.1', '0.33.0', true],
  ['0.33.0', '0.33.0', false],
  ['0.33', '0.33.0', false],
  ['1.0.0', '0.99.0', false],
  [undefined, '0.33.0', false],
  ['nightly', '0.33.0', false],
])('%s before %s: %s', (version, other, wanted) => {
  expect(isOlderThan(version, other)).toBe(wanted)
})
