import { spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from 'vitest'
import type { Running, RunOptions } from '../support/container.ts'
import { makeWorld, treeOf, type World } from '../support/story.ts'
import { giveImage, makeImage } from '../support/story-images.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { bootReady, expectNothingPlanned, stop } from './boot-ready.ts'

test('a folder that is there and empty is given ComfyUI', async () => {
  const world = await makeWorld()
  makeFolder(`${world.workspace}/ComfyUI`)

  const container = await bootReady(world, { name: 'one' })

  expectWholeTree(world, `${world.workspace}/ComfyUI`)
  expect(linkAt(world, container)).toBe('/workspace/ComfyUI')
  await stop(container)
  await expectNothingPlanned(world, { name: 'one' })
})

test('the image’s place on overlayfs cannot be renamed: it becomes the link all the same, and no copy of it is left', async () => {
  const world = await makeWorld()

  const container = await bootReady(world, { name: 'one' })

  expect(linkAt(world, container)).toBe('/workspace/ComfyUI')
  const left = readdirSync(world.box.seen(container, '/opt')).filter((name) => name.startsWith('ComfyUI'))
  expect(left).toEqual(['ComfyUI'])
})

test('a target that is a mount of its own is filled in place, and keeps nothing but the tree', async () => {
  const world = await makeWorld()
  const target = await aVolume()
  const volumes = [
    { from: world.workspace, at: '/workspace' },
    { from: target, at: '/workspace/ComfyUI' },
  ]

  const container = await bootReady(world, { volumes, name: 'one' })

  expectWholeTree(world, target)
  expect(linkAt(world, container)).toBe('/workspace/ComfyUI')
  expect(readdirSync(`${target}/.comfy-init-trees`)).toEqual([])
  await stop(container)
  await expectNothingPlanned(world, { volumes, name: 'two' })
})

test('models mounted inside the target are used where they are, and untouched', async () => {
  const world = await makeWorld()
  const models = await aVolume()
  makeFolder(`${models}/checkpoints`)
  writeFileSync(`${models}/checkpoints/big.safetensors`, 'x')
  const before = treeOf(models)
  const volumes = [
    { from: world.workspace, at: '/workspace' },
    { from: models, at: '/workspace/ComfyUI/models', readOnly: true },
  ]

  const container = await bootReady(world, { volumes, name: 'one' })

  expect((await world.get('/models/checkpoints', world.port))?.text).toContain('big.safetensors')
  expect(treeOf(models)).toEqual(before)
  expect(linkAt(world, container)).toBe('/workspace/ComfyUI')
  expect(existsSync(`${world.workspace}/ComfyUI/main.py`)).toBe(true)
  await stop(container)
  await expectNothingPlanned(world, { volumes, name: 'two' })
  expect(treeOf(models)).toEqual(before)
})

test('mounts inside the target stay through an upgrade', async () => {
  const world = await makeWorld()
  giveImage(world, await makeImage({ version: '0.33.0' }))
  const output = await aVolume()
  writeFileSync(`${output}/mine.png`, 'a picture')
  const volumes = [
    { from: world.workspace, at: '/workspace' },
    { from: output, at: '/workspace/ComfyUI/output' },
  ]
  await stop(await bootReady(world, { volumes, name: 'one' }))
  giveImage(world, await makeImage({ version: '0.34.0' }))

  const container = await bootReady(world, { volumes, name: 'two' })

  expect((await world.get('/system_stats', world.port))?.text).toContain('"0.34.0"')
  expect(readFileSync(`${output}/mine.png`, 'utf8')).toBe('a picture')
  await stop(container)
  await expectNothingPlanned(world, { volumes, name: 'three' })
})

test('on a read-only root ComfyUI is moved where a person wants it, and starts without a link', async () => {
  const world = await makeWorld()
  const options: RunOptions = {
    readOnlyRoot: true,
    user: '1000:1000',
    env: { COMFY_ADOPT: 'move' },
    name: 'one',
  }

  const container = await bootReady(world, options)

  expectWholeTree(world, `${world.workspace}/ComfyUI`)
  expect(statSync(world.box.seen(container, '/opt/ComfyUI')).isDirectory()).toBe(true)
  expect(linkAt(world, container)).toBeUndefined()
  expect(JSON.stringify((await world.status()).services)).toContain('running')
  await stop(container)
  await expectNothingPlanned(world, options)
})

test('a first run that was killed at half is gone on with: what was copied is not copied again', async () => {
  const world = await makeWorld()
  giveImage(world, await makeImage({ version: '0.33.0', large: true }))
  const staged = `${world.workspace}/.comfy-init/trees/next/ComfyUI`
  const killed = await world.boot({ name: 'one' })
  await appears(`${staged}/more/large-2.bin`)
  killed.kill('SIGKILL')
  await killed.ended
  const complete = inodesOf(staged, `${world.box.layer}/opt/ComfyUI`)
  expect(complete.size).toBeGreaterThan(10)

  const container = await bootReady(world, { name: 'two' })

  const now = inodesOf(`${world.workspace}/ComfyUI`, `${world.box.layer}/opt/ComfyUI`)
  expect(now.size).toBeGreaterThan(complete.size)
  expect([...complete].filter(([name, inode]) => now.get(name) !== inode)).toEqual([])
  expect(container.err()).toMatch(/go on/i)
})

test('what was copied of another image is not gone on with, even where both have the same sizes and times', async () => {
  const world = await makeWorld()
  const time = '2026-01-01T00:00:00Z'
  giveImage(world, await makeImage({ version: '0.33.0', large: true, time }))
  const killed = await world.boot({ name: 'one' })
  const staged = `${world.workspace}/.comfy-init/trees/next/ComfyUI`
  await appears(`${staged}/more/part-3/version.py`)
  killed.kill('SIGKILL')
  await killed.ended
  expect(existsSync(staged)).toBe(true)
  giveImage(world, await makeImage({ version: '0.34.0', large: true, time }))

  await bootReady(world, { name: 'two' })

  const [image, home] = [`${world.box.layer}/opt/ComfyUI`, `${world.workspace}/ComfyUI`]
  const { stdout } = spawnSync('diff', ['--recursive', '--brief', image, home], { encoding: 'utf8' })
  expect(
    stdout.split('\n').filter((line) => / differ$/.test(line) || line.startsWith(`Only in ${image}`)),
  ).toEqual([])
  expect(existsSync(`${home}/comfy/old.py`)).toBe(false)
})

function expectWholeTree(world: World, home: string): void {
  const theirs = inodesOf(home, `${world.box.layer}/opt/ComfyUI`)
  const wanted = inodesOf(`${world.box.layer}/opt/ComfyUI`, `${world.box.layer}/opt/ComfyUI`)
  expect([...theirs.keys()].sort()).toEqual([...wanted.keys()].sort())
}

/** Inode of each file below a folder that has the size and time of its source. */
function inodesOf(folder: string, source: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = `${entry.parentPath}/${entry.name}`
    const name = path.slice(source.length + 1)
    const [wanted, there] = [lstatSync(path), lstatSync(`${folder}/${name}`, { throwIfNoEntry: false })]
    if (there?.size === wanted.size && there.mtimeMs === wanted.mtimeMs) found.set(name, there.ino)
  }
  return found
}

function linkAt(world: World, container: Running): string | undefined {
  const place = world.box.seen(container, '/opt/ComfyUI')
  return lstatSync(place).isSymbolicLink() ? readlinkSync(place) : undefined
}

async function appears(path: string): Promise<void> {
  const endMs = performance.now() + 20_000
  while (!existsSync(path)) {
    if (performance.now() > endMs) throw new Error(`Waited in vain for ${path}.`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function aVolume(): Promise<string> {
  const folder = await tempFolder()
  chownSync(folder, 1000, 1000)
  return folder
}

function makeFolder(path: string): void {
  mkdirSync(path)
  chownSync(path, 1000, 1000)
}
