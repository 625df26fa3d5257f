import { chmod } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { lookPlace, type PlaceContext } from '../../src/facts/image-place.ts'
import { parseMounts } from '../../src/facts/mounts.ts'
import { realHost } from '../../src/host/host.ts'
import { type Leaf, treeOf } from '../support/world/tree-of.ts'

const host = realHost()
const isRoot = process.getuid?.() === 0

async function look(
  home: Leaf,
  context: Partial<PlaceContext> = {},
  { adopt = 'auto', mounted }: { adopt?: 'auto' | 'move' | 'link'; mounted?: string } = {},
) {
  const root = await treeOf({ 'opt/ComfyUI': home })
  const path = `${root}/opt/ComfyUI`
  const mounts = mounted === undefined ? [] : parseMounts(`1 0 0:1 / ${path}${mounted} rw - ext4 a rw\n`)
  const all = { inContainer: true, mounts, adoptedHome: '/workspace/ComfyUI', ...context }
  const place = await lookPlace(host, { home: path, adopt }, all)
  return { place, path, left: await host.fs.list(dirname(path)) }
}

test('a folder in a writable image can become a link, and trying leaves nothing behind', async () => {
  const { place, path, left } = await look(null)
  expect(place).toEqual({
    path,
    place: 'folder',
    linkTarget: undefined,
    replaceable: true,
    whyNotReplaceable: undefined,
  })
  expect(left).toEqual(['ComfyUI'])
})

test('a link to the adopted tree is as wanted, whatever the folder above takes', async () => {
  const { place } = await look({ link: '/workspace/ComfyUI' }, { inContainer: false })
  expect(place).toMatchObject({ place: 'link', linkTarget: '/workspace/ComfyUI', replaceable: true })
})

test('mount points at the place or below it cannot be replaced', async () => {
  const at = await look(null, {}, { mounted: '' })
  expect(at.place).toMatchObject({ replaceable: false, whyNotReplaceable: `${at.path} is a mount point` })
  const below = await look(null, {}, { mounted: '/models' })
  expect(below.place).toMatchObject({
    replaceable: false,
    whyNotReplaceable: `${below.path}/models is a mount point`,
  })
})

test('nothing is tried where nothing will be moved', async () => {
  const linked = await look(null, {}, { adopt: 'link' })
  expect(linked.place?.whyNotReplaceable).toContain('COMFY_ADOPT=link')
  const outside = await look(null, { inContainer: false })
  expect(outside.place?.whyNotReplaceable).toContain('outside a container')
  const asked = await look(null, { inContainer: false }, { adopt: 'move' })
  expect(asked.place?.replaceable).toBe(true)
})

test('nothing at the place, a file, or no place at all is no image tree', async () => {
  expect((await look('a file')).place).toBeUndefined()
  const context = { inContainer: true, mounts: [], adoptedHome: '/w' }
  expect(await lookPlace(host, { home: undefined, adopt: 'auto' }, context)).toBeUndefined()
  expect(await lookPlace(host, { home: '/no/such/place', adopt: 'auto' }, context)).toBeUndefined()
})

test.runIf(isRoot)(
  'as somebody else than root, root’s folder above takes nothing (runs as root only)',
  async () => {
    const root = await treeOf({ 'opt/ComfyUI': null, 'sticky/ComfyUI': null })
    await chmod(`${root}/sticky`, 0o1777)
    const context = { inContainer: true, mounts: [], adoptedHome: '/w' }
    const somebody = { uid: 4321, gid: 4321, groups: [] }
    const users = { ...host.users, ids: () => somebody }
    host.users.actAs(somebody)
    try {
      const refused = await lookPlace(
        { ...host, users },
        { home: `${root}/opt/ComfyUI`, adopt: 'auto' },
        context,
      )
      expect(refused?.whyNotReplaceable).toBe(`${root}/opt takes no new entries (EACCES)`)
      const sticky = await lookPlace(
        { ...host, users },
        { home: `${root}/sticky/ComfyUI`, adopt: 'auto' },
        context,
      )
      expect(sticky?.whyNotReplaceable).toBe(
        `${root}/sticky is sticky and ${root}/sticky/ComfyUI belongs to 0`,
      )
    } finally {
      host.users.actAs(undefined)
    }
  },
)
