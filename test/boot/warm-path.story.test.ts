import { expect, test } from 'vitest'
import type { RunOptions } from '../support/container.ts'
import { makeWorld, OVERLAY_PYTHON, type World } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { PROGRAMS_AND_PEERS, programsOf, readTrace, type Trace } from '../support/trace.ts'

test.each([
  ['the same container started again', 'one'],
  ['a new container on the same volume', 'two'],
])('%s runs nothing before ComfyUI but its own reaper, and asks nobody on the network', async (_, name) => {
  const world = await makeWorld()
  await firstBoot(world)

  const trace = await tracedBoot(world, { name })

  const { programs, peers } = trace
  // The reaper is tried out once before it takes our place.
  expect(programsOf(trace)).toEqual([
    '/usr/local/bin/comfy-init',
    'reaper',
    '/usr/local/bin/comfy-init',
    expect.stringMatching(OVERLAY_PYTHON),
  ])
  expect(programs.at(-1)?.line).toContain('/workspace/ComfyUI/main.py')
  expect(peers.filter((peer) => !/^(127\.|::1$)/.test(peer))).toEqual([])
})

test('the first boot asks nobody on the network either where no node is to be cloned', async () => {
  const world = await makeWorld()

  const { programs, peers } = await tracedBoot(world, {})

  expect(programs.at(-1)?.line).toContain('main.py')
  expect(peers.filter((peer) => !/^(127\.|::1$)/.test(peer))).toEqual([])
})

test('the trace would see a child and a peer', async () => {
  const world = await makeWorld()
  const file = `${await tempFolder()}/trace`
  const script = 'exec 3<>/dev/udp/192.0.2.1/9; exec true'

  const container = await world.boot({
    trace: { file, calls: PROGRAMS_AND_PEERS },
    offline: false,
    args: ['bash', '-c', script],
  })
  await container.ended

  expect(readTrace(file).programs.map(({ file: program }) => program)).toContain('/usr/bin/true')
  expect(readTrace(file).peers).toContain('192.0.2.1')
})

test('a second boot without a network, with the default nodes there, is ready', async () => {
  const world = await makeWorld()
  const env = { COMFY_NODES: 'stripes-owner/stripes' }
  await firstBoot(world, { env })

  const container = await world.boot({ name: 'two', offline: true, env })
  await expect
    .poll(async () => (await world.ask(container, 'health')).out, { timeout: 20_000 })
    .toBe('ready\n')

  expect(container.err()).not.toContain('clone')
})

async function firstBoot(world: World, options: RunOptions = {}): Promise<void> {
  const first = await world.boot({ ...options, name: 'one' })
  await world.ready(first)
  first.kill('SIGTERM')
  expect(await first.ended).toBe(0)
}

async function tracedBoot(world: World, options: RunOptions): Promise<Trace> {
  const file = `${await tempFolder()}/trace`
  const container = await world.boot({ ...options, trace: { file, calls: PROGRAMS_AND_PEERS } })
  await world.ready(container)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
  return readTrace(file)
}
