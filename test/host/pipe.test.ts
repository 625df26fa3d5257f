import { readdirSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { realExec } from '../../src/host/exec.ts'

const start = (...args: readonly string[]) =>
  realExec().start({ file: args[0] ?? '', args: args.slice(1), env: { PATH: '/usr/bin:/bin' }, cwd: '/' })

test('a started program can open its own output by its path', async () => {
  const line = 'echo one >/dev/stdout; echo two >/dev/stderr; echo three >/proc/self/fd/1'
  const { stdout, stderr, exited } = await start('sh', '-c', line)

  expect(await Promise.all([text(stdout), text(stderr), exited])).toEqual([
    'one\nthree\n',
    'two\n',
    { code: 0, signal: null },
  ])
})

test('no end of a pipe stays open with us, whether the program started or not', async () => {
  const open = () => readdirSync('/proc/self/fd').length
  const before = open()

  for (let round = 0; round < 20; round++) {
    const { stdout, stderr } = await start('true')
    await Promise.all([text(stdout), text(stderr)])
    await expect(start('/no/such/program')).rejects.toMatchObject({ code: 'ENOENT' })
  }

  await expect.poll(open).toBeLessThanOrEqual(before + 3)
})

test('what was written just before the end is read, paused or not', async () => {
  const { stdout, exited } = await start('sh', '-c', 'head -c 60000 /dev/zero')
  let bytes = 0
  stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  stdout.pause()
  await exited

  await expect.poll(() => bytes).toBe(60_000)
})

test('a program whose reader goes away is not kept by a program that was started after it', async () => {
  const first = await start('yes')
  const second = await start('sleep', '60')

  first.stdout.destroy()

  expect(await first.exited).toEqual({ code: null, signal: 'SIGPIPE' })
  process.kill(second.pid, 'SIGKILL')
})
