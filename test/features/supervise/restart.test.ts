import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ServiceState } from '../../../src/base/event.ts'
import { type Supervisor, superviseAll } from '../../../src/features/supervise/supervise.ts'
import { realNet } from '../../../src/host/net.ts'
import { freePort } from '../../support/free-port.ts'
import { aService, hostWith, isAlive, keptLog, supervise } from '../../support/supervised.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'

async function aServer(args: readonly string[] = []) {
  const port = await freePort()
  const spec = await aService('serve.py', [String(port), ...args])
  return {
    spec: { ...spec, ready: { host: '127.0.0.1', port, path: '/prompt' } },
    end: () => realNet().ask({ port, path: '/end', timeoutMs: 2000 }),
  }
}

test('a service is running once it answers, and INT ends it cleanly', async () => {
  const { spec } = await aServer()
  const { supervisor, states } = supervise({ ...spec, stop: [{ signal: 'SIGINT', graceMs: 5000 }] })
  await until(() => supervisor.states()[0]?.ready, 'the service to answer')
  expect(await supervisor.stopAll(8000)).toBe(true)
  expect(states()).toEqual(['starting', 'running', 'stopping', 'stopped'])
})

test('a restart that the service asks for is no crash and has no wait', async () => {
  const marker = `${await tempFolder()}/comfyui.reboot`
  const { spec, end } = await aServer(['0', marker])
  const { supervisor, states } = supervise({ ...spec, restartMarker: marker })
  for (const restarts of [0, 1, 2, 3]) {
    await until(
      () => supervisor.states()[0]?.ready && supervisor.states()[0]?.restarts === restarts,
      `run ${restarts}`,
    )
    if (restarts < 3) await end()
  }
  expect(states()).toEqual([
    'starting',
    'running',
    'starting',
    'running',
    'starting',
    'running',
    'starting',
    'running',
  ])
})

test('a marker that an earlier boot left behind is not a request', async () => {
  const marker = `${await tempFolder()}/comfyui.reboot`
  await writeFile(marker, '')
  const spec = await aService('exit-with.sh', ['0'], { restartMarker: marker })
  const { supervisor, states } = supervise(spec)
  await supervisor.ended
  expect(states()).toEqual(['starting', 'stopped'])
})

test('a person’s restart ends the one copy before it starts the other', async () => {
  const { spec } = await aServer()
  const { supervisor, states } = supervise(spec)
  await until(() => supervisor.states()[0]?.ready, 'the first run')
  const before = supervisor.states()[0]?.pid ?? 0

  expect(await supervisor.control('stub', 'restart')).toBe(true)
  await until(() => supervisor.states()[0]?.ready && supervisor.states()[0]?.pid !== before, 'the second run')
  expect(isAlive(before)).toBe(false)
  expect(states()).toEqual(['starting', 'running', 'stopping', 'starting', 'running'])
})

test('a person stops and starts a service; stopping an essential one does not end the container', async () => {
  const { spec } = await aServer()
  const { supervisor } = supervise(spec)
  await until(() => supervisor.states()[0]?.ready, 'the first run')

  expect(await supervisor.control('stub', 'stop')).toBe(true)
  expect(supervisor.states()).toMatchObject([{ state: 'stopped', pid: undefined }])
  const first = await Promise.race([supervisor.ended, Promise.resolve('not ended')])
  expect(first).toBe('not ended')

  expect(await supervisor.control('stub', 'start')).toBe(true)
  await until(() => supervisor.states()[0]?.ready, 'the second run')
})

test('twenty requests at once leave one copy', async () => {
  const { spec } = await aServer()
  const { supervisor, events } = supervise(spec)
  await until(() => supervisor.states()[0]?.ready, 'the first run')
  for (let at = 0; at < 20; at++)
    void supervisor.control('stub', (['restart', 'stop', 'start'] as const)[at % 3] ?? 'start')
  void supervisor.control('stub', 'start')
  await until(() => supervisor.states()[0]?.ready, 'a run after all')

  const pids = events.flatMap((event) =>
    event.type === 'service-state' && event.pid !== undefined ? [event.pid] : [],
  )
  expect([...new Set(pids)].filter(isAlive)).toEqual([supervisor.states()[0]?.pid])
})

test('an unknown service is not acted on, and nothing is started while all are being stopped', async () => {
  const { supervisor } = supervise(await aService('stubborn.sh'))
  expect(await supervisor.control('nobody', 'stop')).toBe(false)
  const stopped = supervisor.stopAll(100)
  expect(await supervisor.control('stub', 'start')).toBe(false)
  await stopped
  expect(supervisor.states()).toMatchObject([{ state: 'stopped' }])
})

test('a request to stop during the wait for the next try is obeyed at once', async () => {
  const spec = await aService('exit-with.sh', ['1'])
  const { supervisor, states } = supervise({
    ...spec,
    restart: { ...spec.restart, firstDelayMs: 600_000, mostDelayMs: 600_000 },
  })
  await until(() => states().includes('backoff'), 'the wait')
  expect(await supervisor.stopAll(8000)).toBe(true)
  expect(states()).toEqual(['starting', 'backoff', 'stopped'])
})

test('a listener that asks for something at once does not turn the order of events around', async () => {
  const told: ServiceState[] = []
  const supervisor: Supervisor = superviseAll(hostWith(keptLog()), [await aService('stubborn.sh')], {
    tell: (event) => {
      if (event.type !== 'service-state') return
      if (event.state === 'starting') void supervisor.stopAll(100)
      told.push(event.state)
    },
  })
  await until(() => supervisor.states()[0]?.state === 'stopped', 'the end')
  expect([told.slice(0, 2), told.at(-1)]).toEqual([['starting', 'stopping'], 'stopped'])
})
