import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { realHost } from '../../src/host/host.ts'
import { aService, isAlive, superviseOn } from '../support/supervised.ts'
import { until, within } from '../support/until.ts'
import { living, ours } from './processes.ts'
import { stubWorld } from './stub.ts'
import { startedAs, WAYS } from './ways.ts'

test.each(WAYS)('%s, many who start, stop and restart at once never make two copies', async (way) => {
  const { world, env } = await stubWorld('one-copy')
  const container = await world.boot({ ...startedAs(way), env })
  await world.ready(container)

  const acts = ['restart', 'stop', 'start', 'restart', 'start', 'stop', 'restart', 'start']
  await Promise.all(acts.map((act) => world.ask(container, act, 'comfyui')))
  await world.ask(container, 'start', 'comfyui')
  await world.ready(container)

  expect(existsSync(`${world.workspace}/lock`)).toBe(true)
  expect(existsSync(`${world.workspace}/two-copies`)).toBe(false)
  expect(living(container, /stub-python/)).toHaveLength(1)
})

test('a port that somebody outside the group still holds is waited for', async () => {
  const { world, env } = await stubWorld('holds-port-outside')
  const container = await world.boot({ env })
  await world.ready(container)
  const before = (await world.status()).services[0]?.pid

  await world.box.exec(container, ['kill', '-KILL', String(before)])
  await until(async () => (await world.status()).services[0]?.restarts, 'the next start')
  await world.ready(container)

  expect((await world.status()).services).toMatchObject([{ state: 'running', restarts: 1 }])
})

test.each(WAYS)('%s, a ComfyUI that starts itself again in place did not die', async (way) => {
  const { world, env } = await stubWorld('answers')
  const container = await world.boot({ ...startedAs(way), env: { ...env, COMFY_RESTART: 'never' } })
  await world.ready(container)
  const [before] = (await world.status()).services
  const starts = () => container.out().match(/serving/g)?.length

  await world.get('/reboot', world.port)
  await until(() => starts() === 2, 'it to serve again')
  await world.ready(container)

  expect((await world.status()).services).toMatchObject([{ pid: before?.pid, state: 'running' }])
  expect(container.err()).not.toMatch(/death \d/)
})

test.each([
  ['back', -60_000],
  ['ahead', 3_600_000],
])('a clock that is set %s again and again changes neither restarts nor a stop', async (_, stepMs) => {
  let nowMs = Date.UTC(2026, 0, 1)
  const now = () => {
    nowMs += stepMs
    return nowMs
  }
  const { clock } = realHost()
  const machine = { clock: { ...clock, now } }
  const dying = superviseOn(machine, [await aService('exit-with.sh', ['3'])])
  expect(await within(20_000, dying.supervisor.ended)).toMatchObject({ code: 3 })

  const deaf = superviseOn(machine, [await aService('stubborn.sh')])
  const pid = await until(() => deaf.said('deaf'), 'the deaf one')
  expect(await within(20_000, deaf.supervisor.stopAll(900))).toBe(false)
  expect(isAlive(pid)).toBe(false)
})

test('below another init too the kernel would choose ComfyUI before us when memory is short', async () => {
  const { world, env } = await stubWorld('answers')
  const container = await world.boot({ ...startedAs('below another init'), env })
  await world.ready(container)

  const scoreOf = (pid: number | undefined) => Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'))
  const [[service], [program]] = [living(container, /stub-python/), ours(container)]
  expect(scoreOf(service?.hostPid)).toBe(Math.min(1000, scoreOf(program?.hostPid) + 500))
})
