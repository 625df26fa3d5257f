import { expect, test } from 'vitest'
import { ownLines } from '../../src/app/own-lines.ts'

test('lines that nobody reads are left out beyond the bound, and counted once somebody reads again', () => {
  const written: string[] = []
  let waiting = 0
  const out = {
    stderr: (chunk: string | Uint8Array) => {
      waiting += written.push(Buffer.from(chunk).toString()) && chunk.length
      return true
    },
    waiting: () => waiting,
  }
  const put = ownLines(out, (leftOut) => `${leftOut} left out\n`)
  const line = `${'x'.repeat(1023)}\n`

  for (let count = 0; count < 1000; count++) put(line)
  expect(written.join('').length).toBeLessThan(300 * 1024)
  const kept = written.length
  waiting = 0
  put('after\n')
  put('later\n')

  expect(written.slice(kept)).toEqual([`${1000 - kept} left out\n`, 'after\n', 'later\n'])
})
