import { expect, test } from 'vitest'
import type { Event } from '../../../src/base/event.ts'
import { realNet } from '../../../src/host/net.ts'
import { freePort } from '../../support/free-port.ts'
import { aService, supervise } from '../../support/supervised.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'

const deathsIn = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'service-death' ? [event] : []))

test('every death is told, with its pid, its ending and how long it lived', async () => {
  const { supervisor, events } = supervise(await aService('exit-with.sh', ['3']))
  await supervisor.ended
  const pids = events.flatMap((event) =>
    event.type === 'service-state' && event.state === 'starting' ? [event.pid] : [],
  )
  expect(deathsIn(events).map(({ pid }) => pid)).toEqual(pids)
  for (const death of deathsIn(events)) {
    expect(death).toMatchObject({ service: 'stub', ending: { code: 3, signal: null }, isSafe: false })
    expect(death.uptimeMs).toBeGreaterThanOrEqual(0)
    expect(death.uptimeMs).toBeLessThan(20_000)
  }
})

test('a death is told after its last words, and before the end of it all', async () => {
  const spec = await aService('late-words.sh')
  const { supervisor, events } = supervise({ ...spec, restart: { ...spec.restart, limit: 1 } })
  await supervisor.ended
  const types = events.map(({ type }) => type)
  expect(types.filter((type) => type === 'service-line' || type === 'service-death')).toEqual([
    'service-line',
    'service-death',
  ])
})

test('words that come late do not hold the next start up', async () => {
  const { events } = supervise(await aService('leave-printer.sh'))
  await until(() => deathsIn(events).length === 1, 'the death to be told')
  const types = events.map((event) => (event.type === 'service-state' ? event.state : event.type))
  expect(types.indexOf('stopping')).toBeLessThan(types.indexOf('service-death'))
})

test('an end with code 0 by itself is told too', async () => {
  const { supervisor, events } = supervise(await aService('exit-with.sh', ['0']))
  await supervisor.ended
  expect(deathsIn(events)).toMatchObject([{ ending: { code: 0 } }])
})

test('what a person, the program or the service itself asked for is no death', async () => {
  const port = await freePort()
  const marker = `${await tempFolder()}/comfyui.reboot`
  const spec = await aService('serve.py', [String(port), '0', marker])
  const ready = { host: '127.0.0.1', port, path: '/prompt' }
  const { supervisor, events } = supervise({ ...spec, ready, restartMarker: marker })
  const runs = (restarts: number) =>
    until(
      () => supervisor.states()[0]?.ready && supervisor.states()[0]?.restarts === restarts,
      `run ${restarts}`,
    )
  await runs(0)
  await realNet().ask({ port, path: '/end', timeoutMs: 2000 })
  await runs(1)
  await supervisor.control('stub', 'restart')
  await runs(2)
  supervisor.restart('stub', 'it is stalled')
  await runs(3)
  await supervisor.control('stub', 'stop')
  await supervisor.stopAll(5000)
  expect(deathsIn(events)).toEqual([])
})
