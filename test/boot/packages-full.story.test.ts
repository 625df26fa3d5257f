import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeNodeWorld, overlaysOf } from '../support/node-world.ts'

/** What is left of the volume, in bytes: ComfyUI starts with so much, and no large thing fits. */
const ROOM = 56_000_000

test('a volume that is full before the packages are in: ComfyUI runs with what was there, and with room the next boot heals', async () => {
  const world = await makeNodeWorld()
  const volume = world.box.makeVolume(200_000_000)
  const options = { volumes: [{ from: volume.from, at: '/workspace' }] }
  const large = { 'one/large.py': `"""${'x'.repeat(80_000_000)}"""\n` }
  world.publishWheels({ name: 'one', version: '1.0', files: large }, { name: 'small', version: '1.0' })
  world.repository('spots', { shows: 'Spots', requires: ['small'], imports: ['small'] })
  world.repository('dots', { shows: 'Dots', requires: ['one'], imports: ['one'] })
  const [spots, dots] = ['spots', 'dots'].map((name) => `${world.git.url}/${name}.git`)
  await world.down(await world.up({ ...options, env: { COMFY_NODES: String(spots) } }))
  const { bavail, bsize } = statfsSync(volume.path)
  writeFileSync(`${volume.path}/filler`, Buffer.alloc(bavail * bsize - ROOM))
  const both = { COMFY_NODES: `${spots} ${dots}` }

  const second = await world.up({ ...options, env: both, name: 'two' })

  expect(await world.shown()).toContain('Spots')
  expect((await world.problems()).join()).toMatch(/ENOSPC|space|full|room/i)
  expect(overlaysOf(volume.path)[0]?.dists).toEqual(['small-1.0'])
  await world.down(second)
  rmSync(`${volume.path}/filler`)

  await world.up({ ...options, env: both, name: 'three' })

  expect((await world.problems()).join()).not.toMatch(/NODE_|PACKAGES_/)
  expect(await world.shown()).toEqual(expect.arrayContaining(['Spots', 'Dots']))
  expect(overlaysOf(volume.path)[0]?.dists).toEqual(['one-1.0', 'small-1.0'])
})

test('a volume that is full before the node is in: it is said, nothing half is left, and with room the next boot heals', async () => {
  const world = await makeNodeWorld()
  const volume = world.box.makeVolume(200_000_000)
  const options = { volumes: [{ from: volume.from, at: '/workspace' }] }
  world.repository('spots', { shows: 'Spots' })
  const large = world.repository('large', { shows: 'Large' })
  large.commit({ 'large.txt': randomBytes(36_000_000).toString('base64') })
  await world.down(await world.up(options))
  const custom = `${volume.path}/ComfyUI/custom_nodes`
  const { bavail, bsize } = statfsSync(volume.path)
  writeFileSync(`${volume.path}/filler`, Buffer.alloc(bavail * bsize - ROOM))
  const env = { COMFY_NODES: ['spots', 'large'].map((name) => `${world.git.url}/${name}.git`).join(' ') }

  const second = await world.up({ ...options, env, name: 'two' })

  expect((await world.problems()).join()).toContain('large')
  expect(readdirSync(custom).filter((name) => /^\.|large/.test(name))).toEqual([])
  await world.down(second)
  rmSync(`${volume.path}/filler`)

  await world.up({ ...options, env, name: 'three' })

  expect(await world.shown()).toEqual(expect.arrayContaining(['Spots', 'Large']))
})
