import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeWorld } from '../support/story.ts'

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

test('a volume that fills up within the copy: nothing is half there, and the remedy that is told works', async () => {
  const world = await makeWorld()
  const home = `${world.box.layer}/opt/ComfyUI`
  // A block for each byte: what these files need cannot be seen beforehand.
  mkdirSync(`${home}/small`)
  for (let n = 0; n < 13_000; n++) writeFileSync(`${home}/small/${n}`, 'x')
  const volume = world.box.makeVolume(52_000_000)
  const volumes = [{ from: volume.from, at: '/workspace' }]

  const container = await world.boot({ volumes, name: 'one' })

  expect(await container.ended, container.err()).toBe(69)
  expect(container.err()).toMatch(/IMAGE_NOT_COPIED[\s\S]*ENOSPC/)
  expect(existsSync(`${volume.path}/ComfyUI/main.py`)).toBe(false)
  expect(existsSync(`${home}/main.py`)).toBe(true)
  const again = await world.boot({ volumes, name: 'one', env: { COMFY_ADOPT: 'link' } })
  await world.ready(again)
  expect(existsSync(`${volume.path}/.comfy-init/staging/ComfyUI`)).toBe(false)
})
