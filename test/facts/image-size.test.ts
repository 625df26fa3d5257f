import { chmod } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Facts } from '../../src/facts/facts.ts'
import { lookAround } from '../../src/facts/look-around.ts'
import { type Host, realHost } from '../../src/host/host.ts'
import { rootedHost } from '../support/world/rooted-host.ts'
import { treeOf } from '../support/world/tree-of.ts'
import { aSettings } from '../support/world.ts'

const MOVE = aSettings({ adopt: 'move', gpu: 'off' })
const isRoot = process.getuid?.() === 0

test('the image tree is counted once in a boot, and again when it is another one', async () => {
  const { host, counted } = await anImage()
  const first = await lookAround(host, MOVE)
  expect(counted()).toBe(1)

  expect((await lookAround(host, MOVE, first)).image?.size).toEqual(first.image?.size)
  expect(counted()).toBe(1)

  await lookAround(host, MOVE, withImage(first, { identity: 'another' }))
  await lookAround(host, MOVE, withImage(first, { path: '/elsewhere' }))
  expect(counted()).toBe(3)
})

test('a round that was the first that may copy counts it', async () => {
  const { host, counted } = await anImage()
  const first = await lookAround(host, { ...MOVE, adopt: 'link' })
  expect([first.image?.size, counted()]).toEqual([undefined, 0])

  expect((await lookAround(host, MOVE, first)).image?.size).toMatchObject({ files: 5 })
})

test('one that is not copied has no size, whatever was found before', async () => {
  const { host } = await anImage()
  const first = await lookAround(host, MOVE)
  expect((await lookAround(host, { ...MOVE, adopt: 'link' }, first)).image?.size).toBeUndefined()
})

test.skipIf(!isRoot)('one that may not be read whole has no size, and the look goes on', async () => {
  const { host, root } = await anImage(realHost().users)
  await chmod(`${root}/opt/ComfyUI/models`, 0o700)
  const { image, who } = await lookAround(host, { ...MOVE, uid: 1000, gid: 1000 }).finally(() =>
    host.users.actAs(undefined),
  )
  expect(who.target.uid).toBe(1000)
  expect(image).toMatchObject({ version: '0.33.0', size: undefined })
})

/** A container with an image tree, and how often that was walked through. */
async function anImage(users = AS_WE_ARE) {
  const root = await treeOf({
    '/.dockerenv': '',
    '/proc/self/status': 'CapEff:\t00000000a80425fb\n',
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
    '/etc/group': 'root:x:0:\n',
    '/workspace': null,
    '/opt/ComfyUI/main.py': 'print()\n',
    '/opt/ComfyUI/comfyui_version.py': '__version__ = "0.33.0"\n',
    '/opt/ComfyUI/models/loras/put_here': '',
  })
  const host = rootedHost(root, { users })
  let walks = 0
  const walk: Host['fs']['walk'] = (...args) => {
    walks++
    return host.fs.walk(...args)
  }
  return { root, host: { ...host, fs: { ...host.fs, walk } }, counted: () => walks }
}

const AS_WE_ARE: Host['users'] = { ...realHost().users, actAs: () => {} }

function withImage(facts: Facts, changes: Partial<NonNullable<Facts['image']>>): Facts {
  return { ...facts, image: facts.image && { ...facts.image, ...changes } }
}
