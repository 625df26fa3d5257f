import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseElf } from '../../scripts/binary/elf-file.ts'
import { BINARY, makeBox } from '../support/container.ts'

const root = join(import.meta.dirname, '../..')

test('--version names the version, the commit and the Node inside', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const said = execFileSync(BINARY, ['--version'], { encoding: 'utf8' })

  expect(said).toContain(`comfy-init ${version} (`)
  expect(said).toMatch(/\(([0-9a-f]{7,40}|unknown), Node v26\./)
})

test.each([
  '--inspect',
  '--inspect-brk=0',
  '--require /absent.js',
  '--bogus',
  '--max-old-space-size=8',
  '--cpu-prof',
])('NODE_OPTIONS=%s changes nothing and reaches the program', async (options) => {
  const running = await (await makeBox()).run({
    env: { NODE_OPTIONS: options },
    args: ['sh', '-c', 'echo "$NODE_OPTIONS"; ls | grep -c cpuprofile'],
  })

  expect(await running.ended).toBe(1)
  expect(running.out()).toBe(`${options}\n0\n`)
  expect(running.err()).toBe('')
})

test('it starts where libatomic is missing, which slim images lack', async () => {
  const wanted = parseElf(readFileSync(BINARY))
  const needed = wanted.dynamic.filter(({ tag }) => tag === 1).map(({ value }) => wanted.dynamicString(value))
  const libraries = execFileSync('sh', ['-c', 'ls /usr/lib/*/libatomic.so.1* 2>/dev/null || true'], {
    encoding: 'utf8',
  })
  const hidden = libraries.trim().split('\n').filter(Boolean)
  const script = [
    ...hidden.map((path) => `mount --bind /dev/null ${path}`),
    `exec ${BINARY} sh -c 'exit 3'`,
  ].join('\n')

  expect(needed).toContain('libc.so.6')
  expect(needed).not.toContain('libatomic.so.1')
  expect(spawnSync('unshare', ['--mount', 'sh', '-ec', script]).status).toBe(3)
})

test('no signal is blocked or ignored in the program', async () => {
  const running = await (await makeBox()).run({
    args: ['sh', '-c', 'grep -E "^Sig(Blk|Ign)" /proc/self/status | cut -f2 | sort -u'],
  })
  await running.ended

  expect(running.out()).toBe('0000000000000000\n')
})
