import { chownSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeWorld, treeOf } from '../support/story.ts'

test('a workspace whose state a boot kept beside the image is used on, even where ComfyUI could be moved now', async () => {
  const world = await makeWorld()
  const first = await world.boot({ readOnlyRoot: true, user: '1000:1000', name: 'one' })
  await world.ready(first)
  first.kill('SIGTERM')
  await first.ended

  const second = await world.boot({ name: 'two' })
  await world.ready(second)
  second.kill('SIGTERM')
  await second.ended
  const moved = await world.boot({ name: 'three', env: { COMFY_ADOPT: 'move' } })
  await world.ready(moved)

  expect(second.err()).not.toContain('Copy ComfyUI')
  expect(moved.err()).toContain('STATE_LEFT_BESIDE')
})

test('a foreign ComfyUI in the workspace is refused and left as it is', async () => {
  const world = await makeWorld()
  mkdirSync(`${world.workspace}/ComfyUI`)
  writeFileSync(`${world.workspace}/ComfyUI/main.py`, 'print("mine")\n')
  const before = treeOf(world.workspace)

  const container = await world.boot()

  expect(await container.ended).toBe(69)
  expect(container.err()).toContain('WORKSPACE_FOREIGN')
  expect(treeOf(world.workspace)).toEqual(before)
})

test('a volume of root’s that holds something is left alone and refused, with the command that repairs it', async () => {
  const world = await makeWorld()
  chownSync(world.workspace, 0, 0)
  writeFileSync(`${world.workspace}/notes.txt`, 'mine\n')
  const before = treeOf(world.workspace)

  const container = await world.boot()

  expect(await container.ended).toBe(69)
  expect(container.err()).toContain('chown')
  expect(treeOf(world.workspace)).toEqual(before)
  expect(statSync(world.workspace)).toMatchObject({ uid: 0, gid: 0 })
})

test('a tree of an earlier boot that lost its main.py is named, with what brings it back', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'one' })
  await world.ready(first)
  first.kill('SIGTERM')
  await first.ended
  rmSync(`${world.workspace}/ComfyUI/main.py`)

  const second = await world.boot({ name: 'two' })

  expect(await second.ended).toBe(69)
  expect(second.err()).toContain('mv /workspace/ComfyUI /workspace/ComfyUI.old')
})

test('what a person has beside or below the linked model folders is kept', async () => {
  const world = await makeWorld()
  mkdirSync(`${world.models}/ipadapter`)
  const own = `${world.workspace}/ComfyUI/models`
  const first = await world.boot({ name: 'one', volumes: [{ from: world.workspace, at: '/workspace' }] })
  await world.ready(first)
  first.kill('SIGTERM')
  await first.ended
  mkdirSync(`${own}/ipadapter/put_ipadapter_here`, { recursive: true })
  writeFileSync(`${own}/ipadapter/put_ipadapter_here/mine.bin`, 'mine')
  writeFileSync(`${own}/LLM.partial`, 'mine')

  const second = await world.boot({ name: 'two' })
  await world.ready(second)

  expect(readFileSync(`${own}/ipadapter/put_ipadapter_here/mine.bin`, 'utf8')).toBe('mine')
  expect(readFileSync(`${own}/LLM.partial`, 'utf8')).toBe('mine')
  expect(readlinkSync(`${own}/LLM`)).toContain('LLM')
})

test('a file that came into a container beside its image is not removed with the image’s folder', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'one' })
  await world.ready(first)
  first.kill('SIGTERM')
  await first.ended
  const layer = world.box.upper('two')
  mkdirSync(`${layer}/opt/ComfyUI/models/checkpoints`, { recursive: true })
  writeFileSync(`${layer}/opt/ComfyUI/models/checkpoints/mine.safetensors`, 'mine')

  const second = await world.boot({ name: 'two' })
  await world.ready(second)

  expect(
    readFileSync(world.box.seen(second, '/opt/ComfyUI/models/checkpoints/mine.safetensors'), 'utf8'),
  ).toBe('mine')
  expect(second.err()).toContain('mv /opt/ComfyUI/models/checkpoints/mine.safetensors')
})
