import { expect, test } from 'vitest'
import { wordIn } from '../../../src/features/queue/line-word.ts'

test.each([
  ['Exception in thread Thread-4 (prompt_worker):', 'worker-died'],
  ['Exception in thread Thread-4 (fetch_previews):', 'other'],
  ['see Exception in thread Thread-4 (prompt_worker): in the logs', 'other'],
  ['got prompt', 'queued'],
  ['\x1b[32m[INFO]\x1b[0m got prompt', 'queued'],
  ['\x1b[32m[INFO]\x1b[0m \x1b[32mPrompt executed in 0.41 seconds\x1b[0m', 'done'],
  ['', 'other'],
])('«%s» is %s', (line, word) => {
  expect(wordIn(Buffer.from(`..${line}..`).subarray(2, -2))).toBe(word)
})

test('a line of a megabyte is none of them', () => {
  expect(wordIn(Buffer.from(`Exception in thread Thread-4 (prompt_worker)${'.'.repeat(1e6)}`))).toBe('other')
})
