import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { RunOptions } from '../support/container.ts'
import { makeWorld, type World } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'

test.each([
  ['the same container started again', 'one'],
  ['a new container on the same volume', 'two'],
])('%s runs nothing before ComfyUI but its own reaper, and asks nobody on the network', async (_, name) => {
  const world = await makeWorld()
  await firstBoot(world)

  const { programs, peers } = await tracedBoot(world, { name })

  // The reaper is tried out once before it takes our place.
  const names = programs.map(({ file }) => (/\/fd\/|tini/.test(file) ? 'reaper' : file))
  expect(names.filter((name, at) => name !== names[at - 1])).toEqual([
    '/usr/local/bin/comfy-init',
    'reaper',
    '/usr/local/bin/comfy-init',
    '/usr/bin/python3',
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
    trace: { file, calls: CALLS },
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

const CALLS = 'execve,execveat,connect,sendto,sendmsg,sendmmsg'

async function firstBoot(world: World, options: RunOptions = {}): Promise<void> {
  const first = await world.boot({ ...options, name: 'one' })
  await world.ready(first)
  first.kill('SIGTERM')
  expect(await first.ended).toBe(0)
}

async function tracedBoot(world: World, options: RunOptions): Promise<Trace> {
  const file = `${await tempFolder()}/trace`
  const container = await world.boot({ ...options, trace: { file, calls: CALLS } })
  await world.ready(container)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
  return readTrace(file)
}

type Trace = {
  /** Every program that was to be run, from comfy-init on. */
  readonly programs: readonly { readonly file: string; readonly line: string }[]
  /** Addresses of the internet families that were connected or sent to. */
  readonly peers: readonly string[]
}

function readTrace(file: string): Trace {
  const lines = readFileSync(file, 'utf8').split('\n')
  const execs = lines.flatMap((line) => {
    const found = /^\d+ +execve(?:at)?\((?:\d+, )?"([^"]*)"/.exec(line)?.[1]
    return found === undefined ? [] : [{ file: found, line }]
  })
  const start = execs.findIndex((each) => each.file === '/usr/local/bin/comfy-init')
  const peers = lines.flatMap((line) => {
    const found = /inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"/.exec(line)
    return found === null ? [] : [found[1] ?? found[2] ?? '']
  })
  return { programs: execs.slice(start), peers }
}
