import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Running, RunOptions } from '../support/container.ts'
import { freePort } from '../support/free-port.ts'
import { makeWorld, treeOf, type World } from '../support/story.ts'
import { until } from '../support/until.ts'

test('a second container on a workspace answers probes, waits, and starts when the first has ended', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'one' })
  await world.ready(first)

  const { running: second, httpPort } = await otherBoot(world)
  await until(() => second.err().includes('Wait for /workspace'), 'words about the wait')
  expect(second.err()).toMatch(
    /Wait for \/workspace, used by \S+ \(comfy\) since \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
  )
  expect((await world.get('/health', httpPort))?.status).toBe(200)
  expect(await readiness(world, httpPort)).toMatchObject({
    ready: false,
    phase: 'preparing',
    reason: expect.stringContaining('Wait for /workspace'),
  })
  first.kill('SIGTERM')
  expect(await first.ended).toBe(0)

  await until(async () => (await readiness(world, httpPort))?.ready === true, 'the second to be ready')
  expect(lockIn(world)).toMatchObject({ state: 'held' })
  second.kill('SIGTERM')
  expect(await second.ended).toBe(0)
  expect(lockIn(world)).toMatchObject({ state: 'released' })
})

test('a container that is killed keeps nobody waiting', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'one' })
  await world.ready(first)
  const { running: second, httpPort } = await otherBoot(world)
  await until(() => second.err().includes('Wait for /workspace'), 'words about the wait')

  first.kill('SIGKILL')
  await first.ended
  expect(lockIn(world)).toMatchObject({ state: 'held' })

  await until(async () => (await readiness(world, httpPort))?.ready === true, 'the second to be ready')
  expect(second.err()).not.toContain('LOCK_NOT_KEPT')
})

test('COMFY_LOCK=refuse ends with 75, names the owner and touches nothing', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'one' })
  await world.ready(first)
  const before = treeOf(world.workspace, /(^|\/)(logs|user|__pycache__|lock)(\/|$)|^\.comfy-init$/)

  const { running: second } = await otherBoot(world, { env: { COMFY_LOCK: 'refuse' } })

  expect(await second.ended).toBe(75)
  expect(second.err()).toContain('WORKSPACE_IN_USE')
  expect(second.err()).toMatch(/It is used by \S+ \(comfy\) since/)
  expect(treeOf(world.workspace, /(^|\/)(logs|user|__pycache__|lock)(\/|$)|^\.comfy-init$/)).toEqual(before)
  expect((await world.get('/ready'))?.status).toBe(200)
})

test('a container that waits ends at once when it is told to', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'one' })
  await world.ready(first)
  const { running: second } = await otherBoot(world)
  await until(() => second.err().includes('Wait for /workspace'), 'words about the wait')

  const startMs = performance.now()
  second.kill('SIGTERM')

  expect(await second.ended).toBe(143)
  expect(performance.now() - startMs).toBeLessThan(5000)
  expect((await world.get('/ready'))?.status).toBe(200)
})

test('of two first boots at the same moment one makes the tree, and both get to run it', async () => {
  const world = await makeWorld()
  // With the machine's own init, since hiding it from two containers of one image at once would be a race of the test's own.
  const boots = [
    otherBoot(world, { name: 'one', init: true }),
    otherBoot(world, { name: 'two', init: true }),
  ] as const
  const [one, two] = await Promise.all(boots)
  const isReady = async ({ httpPort }: Other) => (await readiness(world, httpPort))?.ready === true
  await until(async () => (await isReady(one)) || (await isReady(two)), 'one of them to be ready')
  const [first, second] = (await isReady(one)) ? [one, two] : [two, one]
  expect(await isReady(second)).toBe(false)

  first.running.kill('SIGTERM')
  expect(await first.running.ended).toBe(0)
  await until(() => isReady(second), 'the other to be ready')
  second.running.kill('SIGTERM')

  expect(await second.running.ended).toBe(0)
  const said = first.running.err() + second.running.err()
  expect(said.match(/workspace\/adopt-image/g)).toHaveLength(1)
  expect(said).not.toMatch(/ (problem|warning) /)
})

test('a container whose lock was taken over stops ComfyUI in order and ends with 75', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  const theirs = { ...lockIn(world), host: 'pod-b', token: 'theirs' }
  writeFileSync(`${world.workspace}/.comfy-init/lock`, JSON.stringify(theirs))

  expect(await container.ended).toBe(75)
  expect(container.err()).toContain('LOCK_LOST')
  expect(container.err()).toContain('taken over by pod-b (comfy)')
  expect(container.err()).toContain('comfyui    stopped: asked to stop')
  expect(lockIn(world)).toEqual(theirs)
})

type Other = { readonly running: Running; readonly httpPort: number }

// The containers of a world share the machine's network: each needs ports of its own.
async function otherBoot(world: World, options: RunOptions = {}): Promise<Other> {
  const [port, httpPort] = [await freePort(), await freePort()]
  const env = {
    COMFY_GPU: 'off',
    COMFY_PORT: String(port),
    COMFY_HTTP_PORT: String(httpPort),
    ...options.env,
  }
  return { running: await world.boot({ name: 'two', ...options, env }), httpPort }
}

async function readiness(world: World, httpPort: number) {
  const answer = await world.get('/ready', httpPort)
  return answer === undefined ? undefined : JSON.parse(answer.text)
}

function lockIn(world: World) {
  return JSON.parse(readFileSync(`${world.workspace}/.comfy-init/lock`, 'utf8'))
}
