import { expect, test } from 'vitest'
import { percentOf, progressText } from '../../src/app/progress-text.ts'

const GIB = 1024 ** 3
const BYTES = { done: 1.84 * GIB, total: 3 * GIB }
const FILES = { done: 24310, total: 45012 }
const NONE = { done: 0, total: 0 }

test('progress is its percent, bytes, files and the time left', () => {
  expect(progressText({ bytes: BYTES, files: FILES, leftMs: 11_400 })).toBe(
    '61 %, 1.8 GiB of 3.0 GiB, 24310 of 45012 files, 12 s left',
  )
})

test('a pause says what ends it', () => {
  expect(progressText({ bytes: BYTES, files: FILES, paused: true })).toBe(
    'paused (SIGCONT goes on), 61 %, 1.8 GiB of 3.0 GiB, 24310 of 45012 files',
  )
})

test('a step that counts nodes says so', () => {
  const progress = { bytes: NONE, files: NONE, nodes: { done: 1, total: 4 } }
  expect(progressText(progress)).toBe('25 %, 1 of 4 nodes')
  expect(percentOf({ ...progress, nodes: { done: 4, total: 4 } })).toBe(100)
})

test('what there is none of is left out', () => {
  expect(progressText({ bytes: NONE, files: { done: 1, total: 4 } })).toBe('25 %, 1 of 4 files')
  expect(progressText({ bytes: NONE, files: NONE })).toBe('100 %')
})

test.each([
  [0, '0 s left'],
  [59_000, '59 s left'],
  [59_001, '1 min 0 s left'],
  [200_000, '3 min 20 s left'],
  [3_900_000, '1 h 5 min left'],
])('%d ms are «%s»', (leftMs, text) => {
  expect(progressText({ bytes: BYTES, files: FILES, leftMs })).toContain(`, ${text}`)
})

test('a hundred percent is only when bytes and files are all there', () => {
  const all = { done: 10, total: 10 }
  expect(percentOf({ bytes: all, files: all })).toBe(100)
  expect(percentOf({ bytes: all, files: { done: 9, total: 10 } })).toBe(99)
  expect(percentOf({ bytes: { done: 12, total: 10 }, files: NONE })).toBe(100)
  expect(percentOf({ bytes: NONE, files: NONE })).toBe(100)
  expect(percentOf({ bytes: { done: 999, total: 1000 }, files: NONE })).toBe(99)
})
