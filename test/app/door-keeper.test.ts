import { expect, test } from 'vitest'
import { doorKeeper } from '../../src/app/door-keeper.ts'
import type { DoorPlaces, OpenDoors } from '../../src/app/doors.ts'
import { type Event, makeBus } from '../../src/base/event.ts'
import { realHost } from '../../src/host/host.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { aSettings } from '../support/world.ts'

async function kept(refuses: (places: DoorPlaces) => string | undefined) {
  const settings = aSettings({ runtimeFolder: await tempFolder() })
  const bus = makeBus()
  const told: Event[] = []
  bus.listen((event) => void told.push(event))
  const opened: DoorPlaces[] = []
  const openDoors: OpenDoors = async (_, places) => {
    const message = refuses(places)
    if (message !== undefined) throw new Error(message)
    opened.push(places)
    return { close: async () => {} }
  }
  const keeper = doorKeeper(realHost(), { settings, bus, openDoors })
  await keeper.open()
  await keeper.open()
  const codes = told.flatMap((event) => (event.type === 'problem' ? event.problem.code : []))
  return { keeper, opened, codes }
}

test('doors are opened once, however often that is asked for', async () => {
  const { opened, codes } = await kept(() => undefined)

  expect(opened).toHaveLength(1)
  expect(opened[0]?.socket).toMatch(/control\.sock$/)
  expect(codes).toEqual([])
})

test('a control socket that another holds is told, and the probes are answered all the same', async () => {
  const { opened, codes } = await kept(
    ({ socket }) => socket && `listen EADDRINUSE: address already in use ${socket}`,
  )

  expect(opened.map(({ socket }) => socket)).toEqual([undefined])
  expect(codes).toEqual(['CONTROL_TAKEN'])
})

test('doors that cannot be opened are a warning, and the exit code is given through', async () => {
  const { keeper, opened, codes } = await kept(() => 'listen EADDRINUSE: address already in use 0.0.0.0:3000')

  expect(opened).toEqual([])
  expect(codes).toEqual(['DOOR_CLOSED'])
  expect(await keeper.close(7)).toBe(7)
})
