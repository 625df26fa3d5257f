import { expect, test } from 'vitest'
import { doorKeeper } from '../../src/app/door-keeper.ts'
import type { DoorPlaces, OpenDoors } from '../../src/app/doors.ts'
import { type Event, makeBus } from '../../src/base/event.ts'
import type { Problem } from '../../src/base/problem.ts'
import { secret } from '../../src/base/secret.ts'
import { realHost } from '../../src/host/host.ts'
import { doorsOn } from '../../src/http/doors.ts'
import { freePort } from '../support/free-port.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { aSettings } from '../support/world.ts'

async function kept(refuses: (places: DoorPlaces) => string | Error | undefined, onClose = () => {}) {
  const settings = aSettings({ runtimeFolder: await tempFolder() })
  const bus = makeBus()
  const told: Event[] = []
  bus.listen((event) => void told.push(event))
  const opened: DoorPlaces[] = []
  const openDoors: OpenDoors = async (_, places) => {
    const refused = refuses(places)
    if (refused !== undefined) throw typeof refused === 'string' ? new Error(refused) : refused
    opened.push(places)
    return { close: async () => onClose() }
  }
  const keeper = doorKeeper(realHost(), { settings, bus, openDoors })
  await keeper.open()
  await keeper.open()
  const codes = told.flatMap((event) => (event.type === 'problem' ? event.problem.code : []))
  return { keeper, opened, codes, tell: bus.tell }
}

test('doors are opened once, however often that is asked for', async () => {
  const { opened, codes } = await kept(() => undefined)

  expect(opened).toHaveLength(1)
  expect(opened[0]?.socket).toMatch(/control\.sock$/)
  expect(codes).toEqual([])
})

test('a control socket that another holds is told, and the probes are answered all the same', async () => {
  const { opened, codes } = await kept(({ socket }) =>
    socket === undefined
      ? undefined
      : Object.assign(new Error(`listen EADDRINUSE: address already in use ${socket}`), {
          code: 'EADDRINUSE',
        }),
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

test('what doors show follows the bus: titles once services are there, and that ComfyUI was ready once', async () => {
  const { keeper, tell } = await kept(() => undefined)
  const { behind } = keeper
  expect(behind.wasReady()).toBe(false)
  expect(await behind.control('comfyui', 'start')).toBe('absent')
  tell({ type: 'service-state', service: 'comfyui', state: 'starting' })
  expect(behind.status().services).toMatchObject([{ name: 'comfyui', title: 'comfyui' }])

  keeper.steer({
    answers: async () => true,
    services: () => [{ name: 'comfyui', title: 'ComfyUI' }],
    control: async () => false,
    logFile: () => '/logs/comfyui.log',
    secrets: [secret('hunter22')],
    gauges: () => ({ queue: { running: 1, pending: 2 } }),
  })
  for (const phase of ['ready', 'starting'] as const) tell({ type: 'phase', phase })
  expect(behind.status().services).toMatchObject([{ title: 'ComfyUI' }])
  expect(behind.wasReady()).toBe(true)
  expect(await behind.control('comfyui', 'start')).toBe('ending')
  tell({ type: 'service-line', service: 'comfyui', stream: 'stdout', bytes: Buffer.from('say hunter22') })
  expect(behind.feed.begin(1).at(-1)?.json).toContain('"say ***"')
  const metrics = await behind.metrics()
  expect(metrics.find(({ name }) => name === 'comfy_init_queue_pending')?.samples).toEqual([{ value: 2 }])
})

test('a degraded ComfyUI was ready too, one that failed was not', async () => {
  const { keeper, tell } = await kept(() => undefined)
  tell({ type: 'phase', phase: 'failed' })
  expect(keeper.behind.wasReady()).toBe(false)
  tell({ type: 'phase', phase: 'degraded' })

  expect(keeper.behind.wasReady()).toBe(true)
})

test('at the end whoever follows is told so before the doors close', async () => {
  const order: string[] = []
  const { keeper } = await kept(
    () => undefined,
    () => void order.push('doors'),
  )
  keeper.behind.feed.follow({ take: () => {}, over: () => void order.push('feed') })
  await keeper.close(0)

  expect(order).toEqual(['feed', 'doors'])
})

test('a control socket whose path is too long is told with its length, and the probes are answered all the same', async () => {
  const host = realHost()
  const runtimeFolder = `${await tempFolder()}/${'y'.repeat(110)}`
  const settings = aSettings({ runtimeFolder, httpListen: '127.0.0.1', httpPort: await freePort() })
  const bus = makeBus()
  const problems: Problem[] = []
  bus.listen((event) => void (event.type === 'problem' && problems.push(event.problem)))
  const keeper = doorKeeper(host, { settings, bus, openDoors: doorsOn(host) })
  await keeper.open()

  expect(problems.map(({ code }) => code)).toEqual(['CONTROL_CLOSED'])
  expect(problems[0]?.in('docker').why).toMatch(/^Its path is 1\d\d bytes long, a socket may have 107: /)
  expect(problems[0]?.in('docker').remedy).toContain('COMFY_RUNTIME_DIR')
  const answer = await host.net.ask({ port: settings.httpPort, path: '/livez', timeoutMs: 5000 })
  expect(answer?.status).toBe(200)
  await keeper.close(0)
})

test('addresses of IPv6 are in brackets, and whatever listens everywhere is asked on this machine', async () => {
  const addressesAt = (listen: string, httpListen: string) => {
    const settings = aSettings({ listen, httpListen, port: 8188, httpPort: 3000, jupyter: false })
    const openDoors = doorsOn(realHost())
    return doorKeeper(realHost(), { settings, bus: makeBus(), openDoors }).behind.status().addresses
  }

  expect(addressesAt('::', '0.0.0.0')).toEqual({
    comfyui: 'http://[::1]:8188',
    status: 'http://127.0.0.1:3000',
  })
  expect(addressesAt('fd00::5', '10.0.0.1').comfyui).toBe('http://[fd00::5]:8188')
})
