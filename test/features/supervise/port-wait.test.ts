import { createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { untilPortFree } from '../../../src/features/supervise/port-wait.ts'
import { realHost } from '../../../src/host/host.ts'
import { freePort } from '../../support/free-port.ts'
import { aService, fasterClock, supervise, superviseOn } from '../../support/supervised.ts'
import { until } from '../../support/until.ts'

/** Somebody who listens on a port until the end of the test, or until they are closed. */
async function listener(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return server
}

/** A service that ends at once with 3, and whose port is another's. */
async function dying() {
  const port = await freePort()
  const server = await listener(port)
  const spec = await aService('exit-with.sh', ['3'])
  const restart = { ...spec.restart, windowMs: 1e9 }
  return { spec: { ...spec, restart, ready: { ...spec.ready, port } }, server, port }
}

const runs = (log: { readonly text: () => string }) => log.text().match(/ending with/g)?.length ?? 0

test('a service is not started again before its port is free', async () => {
  const { spec, server } = await dying()
  const { net } = realHost()
  let looks = 0
  const canListen = (address: string, at: number) => {
    looks++
    return net.canListen(address, at)
  }
  const { log } = superviseOn({ net: { ...net, canListen } }, [spec])
  await until(() => looks === 3, 'the wait for the port')
  expect(runs(log)).toBe(1)

  server.close()
  await until(() => runs(log) === 3, 'the other tries')
})

test('a port that stays taken counts as a death, and who has it is named', async () => {
  const { spec, port } = await dying()
  const { supervisor, states, events, log } = superviseOn({ clock: fasterClock(100) }, [spec])

  expect(await supervisor.ended).toMatchObject({ code: 3 })
  expect(runs(log)).toBe(1)
  expect(states()).toEqual(['starting', 'backoff', 'backoff', 'gave-up'])
  const taken = events.flatMap((event) => (event.type === 'problem' ? [event.problem] : []))
  expect(taken.map(({ code }) => code)).toEqual([
    'SERVICE_PORT_TAKEN',
    'SERVICE_PORT_TAKEN',
    'SERVICE_GAVE_UP',
  ])
  expect(taken[0]?.details).toMatchObject({ port, pid: process.pid })
  expect(supervisor.states()[0]?.why).toContain(`port ${port} is taken; death 3 of 3`)
})

test('a stop while the port is waited for ends at once, and nothing is started', async () => {
  const { spec } = await dying()
  const { exec } = realHost()
  let starts = 0
  const start: typeof exec.start = (what) => {
    starts++
    return exec.start(what)
  }
  const { supervisor, states } = superviseOn({ exec: { ...exec, start } }, [spec])
  await until(() => supervisor.states()[0]?.restarts === 1, 'the wait for the port')

  const startMs = performance.now()
  expect(await supervisor.stopAll(60_000)).toBe(true)
  expect(performance.now() - startMs).toBeLessThan(5000)
  expect([states().at(-1), starts]).toEqual(['stopped', 1])
})

test('a restart while the port is waited for begins the wait anew', async () => {
  const { spec, server } = await dying()
  const { supervisor, log } = supervise(spec)
  await until(() => supervisor.states()[0]?.restarts === 1, 'the wait for the port')

  await supervisor.control('stub', 'restart')
  await until(() => supervisor.states()[0]?.restarts === 2, 'the next wait')
  expect(runs(log)).toBe(1)
  server.close()
  await until(() => runs(log) > 1, 'the start')
})

test('a port that cannot be bound although nobody listens there is not waited for', async () => {
  const host = realHost()
  const net = { ...host.net, canListen: async () => false }
  const ready = { host: '127.0.0.1', port: await freePort(), path: '/' }
  const never = new AbortController().signal
  expect(await untilPortFree({ ...host, net }, ready, never)).toBeUndefined()
})

test('where /proc says nothing, the port is waited for all the same', async () => {
  const host = realHost()
  const ready = { host: '127.0.0.1', port: await freePort(), path: '/' }
  await listener(ready.port)
  const fs = { ...host.fs, readText: async () => undefined, list: async () => undefined }
  const blind = { ...host, fs, clock: fasterClock(1000) }
  expect(await untilPortFree(blind, ready, new AbortController().signal)).toEqual({})
})
