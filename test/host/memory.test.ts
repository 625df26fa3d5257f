import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cleanFileViews } from '../../src/host/memory.ts'

const SMAPS = [
  '00400000-00500000 r-xp 00000000 fe:00 77                 /opt/program',
  'Anonymous:             0 kB',
  '00600000-00601000 r--p 00000000 fe:00 77                 /opt/program',
  'Anonymous:             4 kB',
  '00700000-00701000 rw-p 00000000 fe:00 77                 /opt/program',
  'Anonymous:             0 kB',
  '7f0000000000-7f0000001000 r-xp 00000000 00:00 0          [vdso]',
  'Anonymous:             0 kB',
  '7f0000002000-7f0000004000 r--p 00000000 00:00 0',
  'Anonymous:             0 kB',
  '',
].join('\n')

test('only views of files that nobody wrote to are given back', () => {
  expect(cleanFileViews(SMAPS)).toEqual([{ start: 0x400000n, bytes: 0x100000n }])
})

test('a process that gave its pages back is smaller and goes on', async () => {
  const script = `
    import { readFileSync } from 'node:fs'
    import { realMemory } from ${JSON.stringify(new URL('../../src/host/memory.ts', import.meta.url).href)}
    const kiB = () => Number(/^Rss: +(\\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))[1])
    const before = kiB()
    realMemory().rest()
    const after = kiB()
    console.log(JSON.stringify({ saved: before - after, sum: [1, 2, 3].reduce((a, b) => a + b) }))`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ])

  expect(JSON.parse(stdout).sum).toBe(6)
  expect(JSON.parse(stdout).saved).toBeGreaterThan(10_000)
  expect(stderr).toBe('')
})
