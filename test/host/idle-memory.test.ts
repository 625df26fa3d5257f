import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cleanFileViews, releaseIdleMemory } from '../../src/host/idle-memory.ts'

const mapping = (range: string, mode: string, file: string, anonymousKb: number) =>
  `${range} ${mode} 00000000 fe:00 ${file ? 77 : 0} ${file ? `        ${file}` : ''}\nSize: 8 kB\nAnonymous:     ${anonymousKb} kB\nVmFlags: rd\n`

test('views of a file that nobody wrote to are given back', () => {
  const smaps = mapping('1000-3000', 'r-xp', '/bin/x', 0) + mapping('4000-5000', 'r--p', '/bin/x', 0)

  expect(cleanFileViews(smaps)).toEqual([
    { start: 0x1000n, bytes: 0x2000n },
    { start: 0x4000n, bytes: 0x1000n },
  ])
})

test('memory without a file, writable memory and protected tables are left alone', () => {
  const smaps = [
    mapping('1000-2000', 'r--p', '', 0),
    mapping('2000-3000', 'rw-p', '/bin/x', 0),
    mapping('3000-4000', 'r--p', '/bin/x', 4),
    mapping('4000-5000', '---p', '/bin/x', 0),
  ]

  expect(cleanFileViews(smaps.join(''))).toEqual([])
})

test('the process holds less of its program file afterwards and still runs', () => {
  const mappedKb = () => Number(/^Rss: +(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1])
  const before = mappedKb()

  expect(releaseIdleMemory()).toBe(true)
  expect(mappedKb()).toBeLessThan(before)
})
