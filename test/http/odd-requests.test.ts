import { get } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { realHost } from '../../src/host/host.ts'
import { doorsOn } from '../../src/http/doors.ts'
import { freePort } from '../support/free-port.ts'
import { aBehind } from '../support/status.ts'
import { until } from '../support/until.ts'

const host = realHost()

async function aDoor() {
  const port = await freePort()
  const doors = await doorsOn(host)(aBehind(), { host: '127.0.0.1', port, socket: undefined })
  onTestFinished(doors.close)
  return port
}

/** Sends bytes as they are; what came back until the other side closed. */
function say(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes))
    onTestFinished(() => void socket.destroy())
    socket.on('data', (part) => {
      heard += part.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard))
  })
}

const REQUESTS: Readonly<Record<string, readonly [string, RegExp]>> = {
  'a huge header': [
    `GET /status HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
    /^HTTP\/1\.1 431 /,
  ],
  'many headers': [`GET / HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(20_000)}\r\n`, /^HTTP\/1\.1 431 /],
  'no HTTP at all': ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', /^HTTP\/1\.1 400 /],
  'no host': ['GET /livez HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
  'a path that is no path': [
    'GET http://[ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    /^HTTP\/1\.1 (400|404) /,
  ],
  'a path with broken escapes': [
    'GET /%ff%2/%00 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    /^HTTP\/1\.1 (400|404) /,
  ],
  'a path upwards': [
    'GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    /^HTTP\/1\.1 404 /,
  ],
  'a method of its own': ['PROPFIND / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 404 /],
  OPTIONS: ['OPTIONS /status HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 404 /],
  'OPTIONS of everything': [
    'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    /^HTTP\/1\.1 40\d /,
  ],
  HEAD: ['HEAD /status HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/],
  'a wish to become something else': [
    'GET /livez HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n',
    /^HTTP\/1\.1 200 /,
  ],
  CONNECT: ['CONNECT evil:443 HTTP/1.1\r\nhost: x\r\n\r\n', /^$/],
  'an expectation': [
    'POST /session HTTP/1.1\r\nhost: x\r\nexpect: the-impossible\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
    /^HTTP\/1\.1 4\d\d /,
  ],
  'two lengths': [
    'POST /session HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx',
    /^HTTP\/1\.1 400 /,
  ],
  'a body that is too long': [
    `POST /session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\nconnection: close\r\n\r\n`,
    /^HTTP\/1\.1 413 /,
  ],
  'a service with an odd name': [
    'POST /services/%2e%2e%2f%00/stop HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    /^HTTP\/1\.1 403 /,
  ],
}

test('whatever is sent is answered or dropped, and probes are answered afterwards', async () => {
  const port = await aDoor()
  for (const [what, [bytes, answer]] of Object.entries(REQUESTS)) {
    const heard = await say(port, bytes)
    expect({ what, heard }).toEqual({ what, heard: expect.stringMatching(answer) })
    expect(heard).not.toContain('    at ')
  }
  expect((await host.net.ask({ port, path: '/livez', timeoutMs: 5000 }))?.status).toBe(200)
})

test('clients that send slowly are dropped, and while they are there probes from elsewhere are answered', async () => {
  const port = await aDoor()
  const slow = Array.from({ length: 100 }, () => {
    let isClosed = false
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('GET /status HTTP/1.1\r\nho'))
    socket.on('error', () => {})
    socket.on('close', () => {
      isClosed = true
    })
    socket.resume()
    onTestFinished(() => void socket.destroy())
    return () => isClosed
  })

  expect(await probedFrom('127.0.0.2', port)).toBe(200)
  await until(() => slow.every((isClosed) => isClosed()), 'all slow clients to be dropped')
})

test('however many connect from one address, probes from another are answered, and from the same once they are gone', async () => {
  const port = await aDoor()
  const gone = { count: 0 }
  const sockets = Array.from({ length: 300 }, () => {
    const socket = connect({ port, host: '127.0.0.1' }, () =>
      socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n'),
    )
    socket.on('error', () => {})
    socket.on('close', () => gone.count++)
    socket.resume()
    onTestFinished(() => void socket.destroy())
    return socket
  })
  await until(() => gone.count >= 172, 'those beyond all bounds to be dropped')

  expect(await probedFrom('127.0.0.2', port)).toBe(200)
  for (const socket of sockets) socket.destroy()
  await until(async () => (await host.net.ask({ port, path: '/livez', timeoutMs: 5000 }))?.status, 'room')
})

test('whoever asks and takes no answers is dropped', async () => {
  const port = await aDoor()
  const socket = connect({ port, host: '127.0.0.1' })
  let isClosed = false
  socket.on('error', () => {
    isClosed = true
  })
  onTestFinished(() => void socket.destroy())
  socket.pause()
  const ask = () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2000))
  ask()

  // What is read no more tells no end; what is written does.
  await until(() => isClosed || (socket.writableLength < 1e6 && ask() && false), 'the end', 18_000)
})

function probedFrom(localAddress: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path: '/livez', localAddress, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('error', () => resolve(undefined))
  })
}
