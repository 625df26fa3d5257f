import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { layoutOf, TREES, treesIn } from '../../../src/base/layout.ts'
import { lookTree } from '../../../src/facts/workspace-tree.ts'
import { adoptImage } from '../../../src/features/workspace/adopt-image.ts'
import { moveEntry, removeAll } from '../../../src/features/workspace/switch/move-entry.ts'
import { moveTree } from '../../../src/features/workspace/switch/move-tree.ts'
import { switchTrees } from '../../../src/features/workspace/switch/switch-trees.ts'
import type { Host } from '../../../src/host/host.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { anImage } from '../../support/world.ts'
import { anImageIn, steadyHost } from './real-boot.ts'
import { isRoot, isThere, listedTree, PERSON, switchIn } from './switch-world.ts'
import { filesIn, put } from './two-images.ts'

const host = steadyHost()

describe('moving a tree', () => {
  test('around a mount takes names along that are not UTF-8', async () => {
    const root = await tempFolder()
    const [from, to] = [`${root}/from`, `${root}/to`]
    const name = Buffer.from('caf\xe9.st', 'latin1')
    await put(`${from}/models/checkpoints/big.st`, 'mounted')
    await writeFile(Buffer.concat([Buffer.from(`${from}/models/`), name]), 'mine')
    await moveTree({ host, mounts: [`${from}/models/checkpoints`] }, from, to)
    expect(await readdir(`${to}/models`, 'buffer')).toEqual([name])
    expect(await filesIn(from)).toEqual(['models/checkpoints/big.st'])
  })

  test('onto a part that was moved before goes on with it, and leaves no empty folder', async () => {
    const root = await tempFolder()
    const [from, to] = [`${root}/from`, `${root}/to`]
    await put(`${to}/models/a`, 'a')
    await put(`${from}/models/b/c`, 'c')
    await put(`${from}/main.py`, 'code')
    await mkdir(`${from}/models/empty`)
    await moveTree({ host, mounts: [] }, from, to)
    expect(await filesIn(to)).toEqual(['main.py', 'models/a', 'models/b/c'])
    expect(await readdir(`${to}/models`)).toContain('empty')
    expect(await isThere(from)).toBe(false)
  })

  test('gives a file that lies at both places a name of its own', async () => {
    const root = await tempFolder()
    const [from, to] = [`${root}/from`, `${root}/to`]
    await put(`${to}/main.py`, 'was there')
    await put(`${to}/main.py-2`, 'was there too')
    await put(`${from}/main.py`, 'comes')
    await moveTree({ host, mounts: [] }, from, to)
    expect(await readFile(`${to}/main.py`, 'utf8')).toBe('comes')
    expect(await readFile(`${to}/main.py-2`, 'utf8')).toBe('was there too')
    expect(await readFile(`${to}/main.py-3`, 'utf8')).toBe('was there')
  })

  test('leaves lost+found where the place is a mount', async () => {
    const root = await tempFolder()
    const [home, away] = [`${root}/home`, `${root}/away`]
    await put(`${home}/main.py`, 'code')
    await put(`${home}/lost+found/lost`, 'the filesystem’s')
    await moveTree({ host, mounts: [home] }, home, away)
    expect(await filesIn(away)).toEqual(['main.py'])
    await moveTree({ host, mounts: [home] }, away, home)
    expect(await filesIn(home)).toEqual(['lost+found/lost', 'main.py'])
  })
})

describe('a switch', () => {
  const OLD = { 'main.py': 'old', 'models/put_here': '' }
  const NEW = { 'main.py': 'new', 'models/put_here': '' }
  const cut = new Error('cut')

  test('that was begun around a mount is finished without it', async () => {
    const root = await tempFolder()
    const mounts = [`${root}/workspace/ComfyUI/models/checkpoints`]
    const switching = switchIn(root, {}, mounts)
    const { home } = switching.layout
    await listedTree(home, OLD)
    await put(`${home}/models/mine.st`, 'mine')
    await put(`${home}/user/notes`, 'mine')
    await mkdir(`${home}/models/checkpoints`)
    await listedTree(switching.trees.next.tree, NEW)
    // The last top folder of the tree has not been moved when the cut comes.
    const rename: Host['fs']['rename'] = (from, to, options) =>
      String(from).endsWith('/user') ? Promise.reject(cut) : host.fs.rename(from, to, options)
    await expect(switchTrees({ ...switching, host: { ...host, fs: { ...host.fs, rename } } })).rejects.toBe(
      cut,
    )

    await switchTrees({ ...switching, record: { ...switching.record, phase: 'retire' }, mounts: [] })

    expect(await readFile(`${home}/main.py`, 'utf8')).toBe('new')
    for (const name of ['models/mine.st', 'user/notes']) expect(await isThere(`${home}/${name}`)).toBe(true)
    expect(await readFile(`${switching.trees.previous.tree}/main.py`, 'utf8')).toBe('old')
  })

  test('that was begun without a mount is finished around it, and what the mount hides is kept', async () => {
    const root = await tempFolder()
    const { home } = switchIn(root).layout
    const mount = `${home}/models/checkpoints`
    const switching = switchIn(root, { phase: 'place' }, [mount])
    const { trees } = switching
    await put(trees.record, JSON.stringify(switching.record))
    await listedTree(trees.retired.tree, OLD)
    for (const name of ['models/checkpoints/hidden.st', 'models/mine.st', 'user/notes'])
      await put(`${trees.retired.tree}/${name}`, 'mine')
    await listedTree(trees.next.tree, NEW)
    await put(`${mount}/mounted.st`, 'on the mount')

    await switchTrees(switching)

    expect(await filesIn(home)).toEqual(expect.arrayContaining(['main.py', 'models/mine.st', 'user/notes']))
    expect(await filesIn(mount)).toEqual(['mounted.st'])
    expect(await isThere(`${trees.previous.tree}/models/checkpoints/hidden.st`)).toBe(true)
    const { why } = JSON.parse(await readFile(`${trees.previous.folder}/keep.json`, 'utf8'))
    expect(why).toBe(`${mount} is mounted now`)
  })
})

describe('moving an entry', () => {
  const build = async (asStarted: Host['users']['asStarted']) => {
    const root = await tempFolder()
    await put(`${root}/a/llm/big.st`, 'root’s')
    await mkdir(`${root}/b`)
    for (const folder of ['a', 'b']) await chown(`${root}/${folder}`, PERSON.uid, PERSON.gid)
    return { root, host: { ...host, users: { ...host.users, asStarted } } }
  }

  test.skipIf(!isRoot)('of root’s is done as root', async () => {
    const { root, host: ours } = await build(host.users.asStarted)
    ours.users.actAs(PERSON)
    await moveEntry(ours, `${root}/a/llm`, `${root}/b/llm`).finally(() => ours.users.actAs(undefined))
    expect(await filesIn(root)).toEqual(['b/llm/big.st'])
  })

  test.skipIf(!isRoot)('of root’s is refused where we never were root, and nothing is copied', async () => {
    const { root, host: ours } = await build((act) => act())
    ours.users.actAs(PERSON)
    const moving = moveEntry(ours, `${root}/a/llm`, `${root}/b/llm`)
    await expect(moving.finally(() => ours.users.actAs(undefined))).rejects.toMatchObject({ code: 'EACCES' })
    expect(await filesIn(root)).toEqual(['a/llm/big.st'])
  })
})

describe('removing a folder', () => {
  const removing = async (refusals: number) => {
    const root = await tempFolder()
    await put(`${root}/old/comfy/main.py`, 'old')
    let left = refusals
    const tooLong = () => Object.assign(new Error('name too long'), { code: 'ENAMETOOLONG' })
    const remove: Host['fs']['remove'] = (path) =>
      left-- > 0 ? Promise.reject(tooLong()) : host.fs.remove(path)
    const isRemoved = await removeAll({ ...host, fs: { ...host.fs, remove } }, `${root}/old`)
    return [isRemoved, await filesIn(root)]
  }

  test('is tried again where a name was too long once', async () => {
    expect(await removing(1)).toEqual([true, []])
  })

  test('is given up where names stay too long, without an error', async () => {
    expect(await removing(2)).toEqual([false, ['old/comfy/main.py']])
  })
})

test('lost+found at the top of a mount is nobody’s: the tree’s place is empty, and is cleared around it', async () => {
  const root = await tempFolder()
  const home = `${root}/workspace/ComfyUI`
  await put(`${home}/lost+found/lost`, 'the filesystem’s')
  const look = (mountsInside: readonly string[]) =>
    lookTree(host.fs, `${root}/workspace`, {
      mountsInside,
      record: undefined,
      places: { record: '' },
      isStaged: false,
    })
  expect(await look([home])).toEqual({ state: 'empty', mounted: [home] })
  expect(await look([])).toMatchObject({ state: 'foreign' })
})

test('a first tree is put into a mount that holds lost+found', async () => {
  const root = await tempFolder()
  const { home: path } = await anImageIn(root)
  const layout = layoutOf(`${root}/workspace`)
  await put(`${layout.home}/lost+found/lost`, 'the filesystem’s')
  const step = adoptImage({
    image: anImage({ path: path ?? '' }),
    python: undefined,
    layout,
    trees: treesIn(`${layout.home}/${TREES}`),
    goesOn: false,
    isStaged: false,
    mounts: [layout.home],
    width: { width: 16, reason: 'a test' },
    nowMs: 0,
  })
  expect(await step.apply(host, () => {}, new AbortController().signal)).toBe('done')
  expect(await filesIn(layout.home)).toEqual(expect.arrayContaining(['lost+found/lost', 'main.py']))
})
