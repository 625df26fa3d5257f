import { lstat, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { DoorPlaces } from '../../src/app/doors.ts'
import { realHost } from '../../src/host/host.ts'
import { doorsOn } from '../../src/http/doors.ts'
import { aBehind } from '../support/status.ts'
import { tempFolder } from '../support/temp-folder.ts'

const host = realHost()

test('reading works over TCP, acting over the socket alone', async () => {
  const behind = aBehind()
  const places = await freePlaces()
  const doors = await doorsOn(host)(behind, places)
  onTestFinished(doors.close)
  const path = '/services/comfyui/restart'

  const read = await host.net.ask({ host: places.host, port: places.port, path: '/health', timeoutMs: 5000 })
  expect(read).toEqual({ status: 200, body: '{"live":true,"phase":"ready"}' })
  const refused = await host.net.ask({ port: places.port, path, method: 'POST', timeoutMs: 5000 })
  expect(refused?.status).toBe(403)
  const acted = await host.net.ask({ socket: places.socket, path, method: 'POST', timeoutMs: 5000 })
  expect(acted?.status).toBe(200)
  expect(behind.asked).toEqual(['restart comfyui'])
})

test('the socket is its owner’s alone, replaces a stale one, and is gone after closing', async () => {
  const places = await freePlaces()
  await writeFile(places.socket, '')
  const doors = await doorsOn(host)(aBehind(), places)

  expect((await lstat(places.socket)).isSocket()).toBe(true)
  expect((await lstat(places.socket)).mode & 0o777).toBe(0o600)
  await doors.close()
  expect(await host.fs.look(places.socket)).toBeUndefined()
})

test('a socket that somebody answers on is not taken over, and then nothing stays open', async () => {
  const first = await freePlaces()
  const doors = await doorsOn(host)(aBehind(), first)
  onTestFinished(doors.close)
  const second = { ...(await freePlaces()), socket: first.socket }

  await expect(doorsOn(host)(aBehind(), second)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(await host.net.canListen(second.host, second.port)).toBe(true)
  const answer = await host.net.ask({ socket: first.socket, path: '/health', timeoutMs: 5000 })
  expect(answer?.status).toBe(200)
})

test('a port in use is the system’s error', async () => {
  const places = await freePlaces()
  const doors = await doorsOn(host)(aBehind(), places)
  onTestFinished(doors.close)

  await expect(doorsOn(host)(aBehind(), { ...places, socket: undefined })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})

test('closing does not wait for a request that never ends', async () => {
  const places = await freePlaces()
  const doors = await doorsOn(host)(aBehind(), places)
  const half = connect(places.port, places.host)
  onTestFinished(() => void half.destroy())
  half.on('error', () => {})
  half.write('GET /health HTTP/1.1\r\n')
  const answer = await host.net.ask({ port: places.port, path: '/health', timeoutMs: 5000 })
  expect(answer?.status).toBe(200)

  await doors.close()
  expect(await host.net.canListen(places.host, places.port)).toBe(true)
})

async function freePlaces(): Promise<DoorPlaces & { readonly socket: string }> {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    })
  })
  await new Promise((resolve) => server.close(resolve))
  return { host: '127.0.0.1', port, socket: `${await tempFolder()}/control.sock` }
}
