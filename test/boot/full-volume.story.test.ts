import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { enlargeTree, makeWorld, treeOf, type World } from '../support/story.ts'
import { until } from '../support/until.ts'

test('a volume without room for ComfyUI is refused before the first byte, with the numbers', async () => {
  const world = await makeWorld()
  const volume = world.box.makeVolume(30_000_000)

  const container = await world.boot({ volumes: [{ from: volume.from, at: '/workspace' }] })

  expect(await container.ended).toBe(69)
  expect(container.err()).toContain('NO_ROOM')
  expect(container.err()).toMatch(/\d+ MiB are needed and \d+ MiB are free/)
  expect(container.err()).toContain('COMFY_ADOPT=link')
  expect(readdirSync(volume.path)).toEqual([])
})

test('small files are counted by the blocks that they take', async () => {
  const world = await makeWorld()
  const home = `${world.box.layer}/opt/ComfyUI`
  mkdirSync(`${home}/small`)
  for (let n = 0; n < 13_000; n++) writeFileSync(`${home}/small/${n}`, 'x')
  const volume = world.box.makeVolume(100_000_000)

  const container = await world.boot({ volumes: [{ from: volume.from, at: '/workspace' }] })

  expect(await container.ended).toBe(69)
  expect(container.err()).toContain('NO_ROOM')
  expect(readdirSync(volume.path)).toEqual([])
})

test('a volume that fills up within the copy: nothing is half there, the image is whole, and the remedies work', async () => {
  const world = await makeWorld()
  const home = `${world.box.layer}/opt/ComfyUI`
  enlargeTree(home, 40)
  const before = treeOf(home)
  const volume = world.box.makeVolume(300_000_000)
  const options = { volumes: [{ from: volume.from, at: '/workspace' }], name: 'one' }

  const container = await world.boot(options)
  await appears(`${volume.path}/.comfy-init/trees/next/ComfyUI/more`)
  container.kill('SIGTSTP')
  await until(() => isPaused(world), 'the copy to be paused')
  fill(`${volume.path}/filler`)
  container.kill('SIGCONT')

  expect(await container.ended, container.err()).toBe(69)
  expect(container.err()).toMatch(/IMAGE_NOT_COPIED[\s\S]*ENOSPC/)
  expect(existsSync(`${volume.path}/ComfyUI`)).toBe(false)
  expect(existsSync(`${volume.path}/.comfy-init/trees/next`)).toBe(false)
  expect(treeOf(home)).toEqual(before)
  const linked = await world.boot({ ...options, env: { COMFY_ADOPT: 'link', COMFY_GPU: 'off' } })
  await linked.ended
  rmSync(`${volume.path}/filler`)
  const again = await world.boot(options)
  await world.ready(again)
  expect(existsSync(`${volume.path}/ComfyUI/more/large-39.bin`)).toBe(true)
})

async function isPaused(world: World): Promise<boolean> {
  return (await world.status()).step?.paused === true
}

/** Writes until not one block is free. */
function fill(path: string): void {
  for (const bytes of [1_000_000, 4096])
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' })
    } catch (error) {
      if (!String(error).includes('ENOSPC')) throw error
    }
}

async function appears(path: string): Promise<void> {
  const endMs = performance.now() + 20_000
  while (!existsSync(path)) {
    if (performance.now() > endMs) throw new Error(`Waited in vain for ${path}.`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
