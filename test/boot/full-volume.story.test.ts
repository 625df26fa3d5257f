import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Running } from '../support/container.ts'
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

test('a volume that fills up within the copy: nothing is half there, the image is whole, and with room the next boot heals', async () => {
  const world = await makeWorld()
  const home = `${world.box.layer}/opt/ComfyUI`
  enlargeTree(home, 40)
  const before = treeOf(home)
  const volume = world.box.makeVolume(300_000_000)
  const options = { volumes: [{ from: volume.from, at: '/workspace' }], name: 'one' }

  const container = await world.boot(options)
  await appears(() => largeFilesIn(`${volume.path}/.comfy-init/trees/next/ComfyUI/more`) > 1)
  container.kill('SIGTSTP')
  await until(() => isPaused(world, container), 'the copy to be paused')
  fill(`${volume.path}/filler`)
  container.kill('SIGCONT')

  expect(await container.ended, container.err()).toBe(69)
  expect(container.err()).toMatch(/IMAGE_NOT_COPIED[\s\S]*ENOSPC/)
  expect(existsSync(`${volume.path}/ComfyUI`)).toBe(false)
  expect(existsSync(`${volume.path}/.comfy-init/trees/next`)).toBe(false)
  expect(treeOf(home)).toEqual(before)
  rmSync(`${volume.path}/filler`)
  const again = await world.boot(options)
  await world.ready(again)
  expect(existsSync(`${volume.path}/ComfyUI/more/large-39.bin`)).toBe(true)
})

// A signal that comes before the copy listens for it stops all of comfy-init, which is as well.
async function isPaused(world: World, { pid }: Running): Promise<boolean> {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
  if (/^State:\tT/m.test(readFileSync(`/proc/${child}/status`, 'utf8'))) return true
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

function largeFilesIn(folder: string): number {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('large-')).length : 0
}

// Looks without a pause: the copy is over in a moment.
async function appears(isThere: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000
  while (!isThere()) {
    if (performance.now() > endMs) throw new Error('Waited in vain for the copy.')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
