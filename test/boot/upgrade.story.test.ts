import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeWorld, type World } from '../support/story.ts'
import { giveImage, makeImage } from '../support/story-images.ts'
import { databaseText, lostAtLast, putRow, putTheirs, type TheirFiles } from '../support/story-person.ts'
import { bootReady, expectNothingPlanned, stop } from './boot-ready.ts'

const [BEFORE, AFTER] = ['0006_add_loader_path, of 0.33.0', '0007_one_way, of 0.33.0']

test('a tree that nobody changed becomes the new image’s by itself, with all that is the person’s', async () => {
  const { world, theirs } = await usedWorld()

  const container = await bootReady(world, { name: 'two' })

  expect(await versionOf(world)).toBe('0.34.0')
  expect((await world.status()).problems).toEqual([])
  expect(lostAtLast(world.workspace, theirs)).toEqual([])
  expect((await world.get('/object_info', world.port))?.text).toContain('"Mine"')
  expect(existsSync(`${world.workspace}/ComfyUI/comfy/old.py`)).toBe(false)
  expect(existsSync(`${world.workspace}/ComfyUI/comfy/new.py`)).toBe(true)
  expect(readlinkSync(world.box.seen(container, '/opt/ComfyUI'))).toBe('/workspace/ComfyUI')
  await stop(container)
  expect(databaseIn(world)).toBe(AFTER)
  const previous = `${world.workspace}/.comfy-init/trees/previous`
  expect(readFileSync(`${previous}/ComfyUI/comfyui_version.py`, 'utf8')).toContain('0.33.0')
  expect(databaseText(`${previous}/database/comfyui.db`)).toBe(BEFORE)
  await expectNothingPlanned(world, { name: 'two' })
  await expectNothingPlanned(world, { name: 'three' })
})

test('changed code is kept with a notice; COMFY_UPGRADE=auto keeps the change as a file and a patch that applies', async () => {
  const { world, theirs, earlier } = await usedWorld()
  const nodes = `${world.workspace}/ComfyUI/nodes.py`
  appendFileSync(nodes, '\n# A line of mine.\n')
  const mine = readFileSync(nodes, 'utf8')

  const kept = await bootReady(world, { name: 'two' })
  expect(await versionOf(world)).toBe('0.33.0')
  const [problem] = (await world.status()).problems
  expect(problem).toMatchObject({ code: 'IMAGE_DIFFERS', level: 'warning' })
  expect(problem?.why).toContain('nodes.py')
  await stop(kept)
  await expectNothingPlanned(world, { name: 'two' })

  const env = { COMFY_UPGRADE: 'auto' }
  const upgraded = await bootReady(world, { name: 'two', env })
  expect(await versionOf(world)).toBe('0.34.0')
  expect(readFileSync(nodes, 'utf8')).toContain('Of version 0.34.0')
  expect(lostAtLast(world.workspace, theirs)).toEqual([])
  await stop(upgraded)
  const changes = `${world.workspace}/.comfy-init/changes`
  const [time] = readdirSync(changes)
  expect(readFileSync(`${changes}/${time}/files/nodes.py`, 'utf8')).toBe(mine)
  const patch = `${changes}/${time}/changes.patch`
  expect(readFileSync(patch, 'utf8')).toContain('+# A line of mine.')
  execFileSync('git', ['-C', earlier, 'apply', '--check', patch])
  await expectNothingPlanned(world, { name: 'two', env })
})

test('going back brings the earlier ComfyUI and its database, keeps what was made since, and stays', async () => {
  const { world, theirs } = await usedWorld()
  await stop(await bootReady(world, { name: 'two' }))
  putRow(world.workspace, 'of 0.34.0')
  const since = putTheirs(world.workspace, { 'output/ComfyUI_00003_.png': 'made by 0.34.0\n' })
  writeFileSync(`${world.workspace}/.comfy-init/trees/wish.json`, '{"act":"rollback"}\n')

  const container = await bootReady(world, { name: 'two' })

  expect(await versionOf(world)).toBe('0.33.0')
  expect(container.out() + container.err()).not.toContain('Failed to initialize database')
  expect(lostAtLast(world.workspace, new Map([...theirs, ...since]))).toEqual([])
  await stop(container)
  expect(databaseIn(world)).toBe(BEFORE)
  const previous = `${world.workspace}/.comfy-init/trees/previous`
  expect(databaseText(`${previous}/database/comfyui.db`)).toBe(`${AFTER}, of 0.34.0`)
  await expectNothingPlanned(world, { name: 'two' })
  const another = await bootReady(world, { name: 'three' })
  expect(await versionOf(world)).toBe('0.33.0')
  expect((await world.status()).problems.map(({ why }) => why)).toEqual([
    expect.stringContaining('you went back from it'),
  ])
  await stop(another)
})

/** A workspace that 0.33.0 was moved into and used by a person; its world has the image of 0.34.0 now. */
async function usedWorld(): Promise<{ world: World; theirs: TheirFiles; earlier: string }> {
  const world = await makeWorld()
  const earlier = await makeImage({ version: '0.33.0' })
  giveImage(world, earlier)
  const container = await bootReady(world, { name: 'one' })
  expect(await versionOf(world)).toBe('0.33.0')
  await stop(container)
  putRow(world.workspace, 'of 0.33.0')
  const theirs = putTheirs(world.workspace)
  giveImage(world, await makeImage({ version: '0.34.0' }))
  return { world, theirs, earlier }
}

async function versionOf(world: World): Promise<string> {
  const stats = JSON.parse((await world.get('/system_stats', world.port))?.text ?? '{}')
  return stats.system.comfyui_version
}

function databaseIn(world: World): string {
  return databaseText(`${world.workspace}/ComfyUI/user/comfyui.db`)
}
