import { expect, test } from 'vitest'
import type { DoorPlaces, OpenDoors } from '../../src/app/doors.ts'
import { earlyPage } from '../../src/app/early-page.ts'
import type { Event } from '../../src/base/event.ts'
import { realHost } from '../../src/host/host.ts'
import { doorsOn } from '../../src/http/doors.ts'
import { freePort } from '../support/free-port.ts'
import { aBehind } from '../support/status.ts'

const host = realHost()

test('the page is on ComfyUI’s own place from when it is opened until it is closed, and the port is free then', async () => {
  const { page, port, told } = await anEarlyPage()

  await page.open()
  await page.open()
  expect((await host.net.ask({ port, path: '/', timeoutMs: 5000 }))?.status).toBe(503)
  await page.close()

  expect(await host.net.canListen('127.0.0.1', port)).toBe(true)
  expect(told).toEqual([])
})

test('after it was closed it is not opened again, whatever is asked first', async () => {
  const { page, opened } = await anEarlyPage()

  const opening = page.open()
  await page.close()
  await opening
  await page.open()

  expect(opened()).toBe(1)
  const { page: other, opened: others } = await anEarlyPage()
  await other.close()
  await other.open()
  expect(others()).toBe(0)
})

test('closing waits for a page that is just being opened', async () => {
  const { page, port } = await anEarlyPage()

  void page.open()
  await page.close()

  expect(await host.net.canListen('127.0.0.1', port)).toBe(true)
})

test('a port that is taken is a warning, told once, and tried again', async () => {
  const { page, port, told } = await anEarlyPage()
  const other = await host.net.serve({ host: '127.0.0.1', port }, (_, response) => response.end('mine'))

  await page.open()
  await page.open()
  expect(told.map((event) => event.type === 'problem' && [event.problem.code, event.problem.level])).toEqual([
    ['EARLY_PAGE_CLOSED', 'warning'],
  ])
  await other.close()
  await page.open()

  expect((await host.net.ask({ port, path: '/', timeoutMs: 5000 }))?.status).toBe(503)
  await page.close()
})

test('it is only opened where that was asked for', async () => {
  const { page, opened } = await anEarlyPage(false)

  await page.open()

  expect(opened()).toBe(0)
})

async function anEarlyPage(bootPageOnComfyPort = true) {
  const settings = { bootPageOnComfyPort, listen: '127.0.0.1', port: await freePort() }
  const places: DoorPlaces[] = []
  const openDoors: OpenDoors = async (behind, place) => {
    places.push(place)
    return doorsOn(host)(behind, place)
  }
  const told: Event[] = []
  const tell = (event: Event) => void told.push(event)
  const page = earlyPage({ settings, behind: aBehind(), openDoors, tell })
  return { page, port: settings.port, told, opened: () => places.length }
}
