import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { makeFeed } from '../../src/app/feed.ts'
import { makeBus } from '../../src/base/event.ts'
import { realHost } from '../../src/host/host.ts'
import { appFor } from '../../src/http/app.ts'
import { doorsOn } from '../../src/http/doors.ts'
import { readEvents } from '../support/event-reader.ts'
import { freePort } from '../support/free-port.ts'
import { aBehind, aDeath, aStatus } from '../support/status.ts'
import { until } from '../support/until.ts'

const host = realHost()

/** An open reading door, and the bus that it tells of. */
async function aDoor() {
  const bus = makeBus()
  let now = aStatus()
  const status = () => now
  const feed = makeFeed(bus, { clock: host.clock, status, secrets: () => [] })
  const port = await freePort()
  const doors = await doorsOn(host)(aBehind({ status, feed }), { host: '127.0.0.1', port, socket: undefined })
  onTestFinished(doors.close)
  return {
    port,
    feed,
    close: doors.close,
    tell: bus.tell,
    print: (text: string) =>
      bus.tell({ type: 'service-line', service: 'comfyui', stream: 'stdout', bytes: Buffer.from(text) }),
    enter: (phase: 'ready' | 'stopping') => {
      now = aStatus({ phase })
      bus.tell({ type: 'phase', phase })
    },
  }
}

test('a reader is told the whole status and the last lines, then what is new, and a death with its lines', async () => {
  const { port, print, enter, tell } = await aDoor()
  print('before')
  const { answer, sent } = await readEvents(port)
  await until(() => sent.length >= 2, 'the beginning')

  expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8')
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(sent.map(({ event }) => event)).toEqual(['status', 'line'])
  expect(JSON.parse(sent[0]?.data ?? '')).toEqual(JSON.parse(JSON.stringify(aStatus())))
  print('after\n\nevent: x')
  enter('stopping')
  tell({ type: 'death', death: aDeath() })
  await until(() => sent.length >= 5, 'what is new')
  const [status, line, death] = sent.slice(2).map(({ data }) => JSON.parse(data))
  expect(status.phase).toBe('stopping')
  expect(line).toEqual({ service: 'comfyui', stream: 'stdout', text: 'afterevent: x' })
  expect(death).toEqual(aDeath())
})

test('how many last lines are told can be asked for, and only a number will do', async () => {
  const { port, print } = await aDoor()
  for (const text of ['a', 'b', 'c']) print(text)
  const { sent } = await readEvents(port, '/events?lines=1')
  await until(() => sent.length >= 2, 'the beginning')

  expect(sent.map(({ event }) => event)).toEqual(['status', 'line'])
  for (const wrong of ['x', '-1', '201', '1e9'])
    expect((await readEvents(port, `/events?lines=${wrong}`)).status).toBe(400)
})

test('HEAD asks only whether there is something to read', async () => {
  const { port } = await aDoor()
  const answer = await fetch(`http://127.0.0.1:${port}/events`, { method: 'HEAD' })

  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
})

test('at most 32 read at once, others are turned away, and whoever leaves makes room', async () => {
  const { port } = await aDoor()
  const readers = await Promise.all(Array.from({ length: 32 }, () => readEvents(port)))
  const [first] = readers

  const late = await readEvents(port)
  expect(late.status).toBe(503)
  expect(late.answer.headers['retry-after']).toBe('5')
  const probe = await host.net.ask({ port, path: '/livez', timeoutMs: 5000 })
  expect(probe?.status).toBe(200)
  first?.answer.destroy()
  await until(async () => (await readEvents(port)).status === 200, 'room for one more')
})

test('readers that leave before they are answered take no room', async () => {
  const app = await appFor(aBehind(), { mayAct: false })
  let left = 0
  const served = await host.net.serve({ host: '127.0.0.1', port: 0 }, (request, response) => {
    if (request.headers['x-leaves'] === undefined) return app.routing(request, response)
    response.once('close', () => {
      app.routing(request, response)
      left++
    })
    request.socket.destroy()
  })
  onTestFinished(served.close)
  const port = served.port ?? 0
  for (let n = 0; n < 40; n++)
    await host.net.ask({ port, path: '/events', headers: { 'x-leaves': 'yes' }, timeoutMs: 5000 })
  await until(() => left === 40, 'all to have left')

  expect((await readEvents(port)).status).toBe(200)
})

test('a reader that takes nothing is let go, and the others are told everything', async () => {
  const { port, print } = await aDoor()
  const slow = await stuckReader(port)
  const { sent } = await readEvents(port)
  await until(() => sent.length > 0, 'the beginning')
  let printed = 0
  await until(
    () => {
      for (let n = 0; n < 1000; n++) print(`${printed++} ${'x'.repeat(100)}`)
      return slow.isClosed()
    },
    'the slow reader to be let go',
    60_000,
  )
  const counted = () => {
    const told = sent.filter(({ event }) => event === 'line').length
    const skipped = sent.flatMap(({ event, data }) => (event === 'skipped' ? JSON.parse(data).lines : []))
    return skipped.reduce((sum, lines) => sum + lines, told)
  }
  await until(() => counted() === printed, 'every line to be told or counted')
})

test('when everything ends readers are told the last news and the end', async () => {
  const { port, feed, close, enter } = await aDoor()
  const reader = await readEvents(port)
  await until(() => reader.sent.length > 0, 'the beginning')
  enter('stopping')
  feed.close()
  await close()
  await until(reader.isOver, 'the end')

  expect(reader.answer.complete).toBe(true)
  expect(JSON.parse(reader.sent.at(-1)?.data ?? '').phase).toBe('stopping')
})

/** Asks for /events and then reads nothing at all. */
async function stuckReader(port: number) {
  const socket = connect({ port, host: '127.0.0.1' })
  let isClosed = false
  socket.on('error', () => {
    isClosed = true
  })
  socket.on('close', () => {
    isClosed = true
  })
  onTestFinished(() => void socket.destroy())
  socket.pause()
  socket.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n')
  return {
    // What is read no more tells no end; a further request, which waits its turn, does.
    isClosed: () => {
      if (!isClosed) socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
      return isClosed
    },
  }
}

test('readers whose answer waits behind another one leave with their connection', async () => {
  const { port } = await aDoor()
  const gone = { count: 0 }
  for (let n = 0; n < 20; n++) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('data', () => socket.destroy())
    socket.on('close', () => gone.count++)
    socket.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2))
  }
  await until(() => gone.count === 20, 'all to have left')

  await until(async () => (await readEvents(port)).status === 200, 'room for a reader')
})
