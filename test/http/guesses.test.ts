import { expect, test } from 'vitest'
import { guesses } from '../../src/http/guesses.ts'

function counted() {
  const now = { ms: 0 }
  const wrong = guesses(() => now.ms)
  const tenWrong = (address: string) => {
    for (let n = 0; n < 10; n++) wrong.note(address)
  }
  return { now, tenWrong, ...wrong }
}

test('wrong guesses of different minutes are not counted together, and each minute’s are', () => {
  const { now, note, tenWrong, waitS } = counted()
  for (let n = 0; n < 9; n++) note('10.0.0.1')
  expect(waitS('10.0.0.1')).toBe(0)
  now.ms = 60_000
  note('10.0.0.1')
  expect(waitS('10.0.0.1')).toBe(0)

  now.ms = 120_000
  tenWrong('10.0.0.1')
  expect(waitS('10.0.0.1')).toBe(60)
  now.ms = 179_999
  expect(waitS('10.0.0.1')).toBe(1)
  now.ms = 180_000
  tenWrong('10.0.0.1')
  expect(waitS('10.0.0.1')).toBe(60)
})

test('a thousand addresses are remembered and no more', () => {
  const { note, tenWrong, waitS } = counted()
  tenWrong('10.0.0.1')
  for (let n = 0; n < 1023; n++) note(`10.1.${n >> 8}.${n & 255}`)
  expect(waitS('10.0.0.1')).toBe(60)
  note('10.2.0.0')

  expect(waitS('10.0.0.1')).toBe(0)
})
