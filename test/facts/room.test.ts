import { expect, test } from 'vitest'
import { missingFor, needOf } from '../../src/facts/room.ts'

const LITTLE = needOf()
const TREE = { bytes: 3_000_000_000, files: 45_000 }
const WHOLE = needOf({ tree: TREE })

test('any boot needs a little', () => {
  expect(LITTLE).toEqual({ bytes: 50_000_000, files: 200 })
})

test('a copy needs its blocks, a KiB for each entry, and the little', () => {
  expect(WHOLE).toEqual({ bytes: 3_000_000_000 + 45_000 * 1024 + 50_000_000, files: 45_200 })
})

test('what is staged already is room that is there', () => {
  const staged = { bytes: 2_000_000_000, files: 40_000 }

  expect(needOf({ tree: TREE, staged })).toEqual({
    bytes: 1_000_000_000 + 5000 * 1024 + 50_000_000,
    files: 5200,
  })
  expect(needOf({ tree: TREE, staged: { bytes: 9e9, files: 99_999 } })).toEqual(LITTLE)
})

test('what is missing is said, and what fits is not', () => {
  const free = { freeBytes: WHOLE.bytes, freeInodes: WHOLE.files }

  expect(missingFor(WHOLE, free)).toEqual({ bytes: 0, files: 0 })
  expect(missingFor(WHOLE, { freeBytes: WHOLE.bytes - 1, freeInodes: 200 })).toEqual({
    bytes: 1,
    files: 45_000,
  })
  expect(missingFor(WHOLE, { freeBytes: 0, freeInodes: undefined })).toEqual({ bytes: WHOLE.bytes, files: 0 })
})
