import { expect, test } from 'vitest'
import { type Command, realExec } from '../../src/host/exec.ts'
import { until } from '../support/until.ts'

const sh = (script: string, more: Partial<Command> = {}) =>
  realExec().run({
    ...{ file: 'sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' }, timeoutMs: 30_000 },
    ...more,
  })

test('a program that takes too long is ended with all that it started', async () => {
  const finished = await sh('sleep 1000 & echo $!; sleep 1000; true', { timeoutMs: 300 })
  expect(finished).toMatchObject({ code: null, signal: 'SIGTERM', timedOut: true })
  await until(() => isGone(Number(finished.stdout)), 'its end')
})

test('a program that does not listen is killed, and what it started too', async () => {
  const finished = await sh('trap "" TERM; sleep 1000 & echo $!; sleep 1000; sleep 1000', { timeoutMs: 300 })
  expect(finished).toMatchObject({ signal: 'SIGKILL', timedOut: true })
  await until(() => isGone(Number(finished.stdout)), 'its end')
})

test('an abort ends a program with all that it started', async () => {
  const stop = new AbortController()
  const running = sh('sleep 1000 & echo $!; sleep 1000; true', { signal: stop.signal })
  setTimeout(() => stop.abort(), 300)
  const finished = await running
  expect(finished).toMatchObject({ code: null, signal: 'SIGTERM', timedOut: false })
  await until(() => isGone(Number(finished.stdout)), 'its end')
  expect(await sh('sleep 1000; true', { signal: stop.signal })).toMatchObject({ signal: 'SIGTERM' })
})

test('a program that ended leaves nobody waiting for what it left running', async () => {
  const finished = await sh('sleep 1000 & echo $!; echo well >&2; exit 3')
  process.kill(Number(finished.stdout))
  expect(finished).toMatchObject({ code: 3, signal: null, stderr: 'well', timedOut: false, missing: false })
})

test('all that a program wrote is there, and one that is not there is missing', async () => {
  const finished = await sh('head -c 900000 /dev/zero | tr "\\0" a')
  expect(finished).toMatchObject({ code: 0, timedOut: false })
  expect(finished.stdout).toHaveLength(900_000)
  expect(await sh('', { file: '/no/such/program' })).toMatchObject({ code: null, missing: true })
  expect(await sh('head -c 9000000 /dev/zero')).toMatchObject({ code: null })
})

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}
