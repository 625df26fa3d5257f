import { chmod, chown, mkdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { MANIFEST } from '../../../src/base/layout.ts'
import { finish, keepStray } from '../../../src/features/workspace/switch/finish.ts'
import { switchTrees } from '../../../src/features/workspace/switch/switch-trees.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { isRoot, isThere, keptIn, listedTree, PERSON, switchIn, touch, upgradeTo } from './switch-world.ts'
import { put } from './two-images.ts'

describe('a retired tree without a record', () => {
  test('is put aside under a name of its own before a switch begins', async () => {
    const { host, trees } = switchIn(await tempFolder())
    for (const text of ['first', 'second']) {
      await put(`${trees.retired.tree}/output/pic.png`, text)
      await keepStray(host, trees)
    }
    expect(await keptIn(trees)).toEqual(['kept-1', 'kept-2'])
    expect(await readFile(`${trees.folder}/kept-2/ComfyUI/output/pic.png`, 'utf8')).toBe('second')
    expect(await isThere(trees.retired.folder)).toBe(false)
  })

  test('is put aside by the switch itself, which goes on', async () => {
    const root = await tempFolder()
    const { layout, trees } = switchIn(root)
    await put(`${trees.retired.tree}/output/pic.png`, 'mine')
    await listedTree(layout.home, { 'main.py': 'old' })
    await upgradeTo(root, { 'main.py': 'new' })
    expect(await isThere(`${trees.folder}/kept-1/ComfyUI/output/pic.png`)).toBe(true)
    expect(await readFile(`${layout.home}/main.py`, 'utf8')).toBe('new')
    expect(await isThere(trees.record)).toBe(false)
  })

  test('stays where a record says what becomes of it', async () => {
    const { host, trees } = switchIn(await tempFolder())
    await put(`${trees.retired.tree}/output/pic.png`, 'mine')
    await put(trees.record, '{}')
    await keepStray(host, trees)
    expect(await isThere(`${trees.retired.tree}/output/pic.png`)).toBe(true)
  })

  test('is not taken by the first tree of a workspace for one that it had retired, nor is the previous one removed', async () => {
    const switching = switchIn(await tempFolder(), { act: 'adopt', phase: 'finish' })
    const { trees } = switching
    await put(`${trees.retired.tree}/output/pic.png`, 'mine')
    await put(`${trees.previous.tree}/main.py`, 'before')
    await finish(switching)
    expect(await isThere(`${trees.retired.tree}/output/pic.png`)).toBe(true)
    expect(await isThere(`${trees.previous.tree}/main.py`)).toBe(true)
  })
})

describe('a tree that nobody listed', () => {
  test('loses nothing by two upgrades: what the new one lacks is carried, the rest is kept', async () => {
    const root = await tempFolder()
    const { layout, trees } = switchIn(root)
    const { home } = layout
    const theirs = ['my_workflows/wf.json', 'styles.csv', 'output/pic.png', 'extra_model_paths.yaml']
    for (const name of [...theirs, 'comfy/mine.py', 'main.py', '.git/HEAD', '__pycache__/x.pyc'])
      await put(`${home}/${name}`, name)

    for (const version of ['34', '35']) await upgradeTo(root, { 'main.py': version, 'comfy/new.py': version })

    for (const name of theirs) expect(await isThere(`${home}/${name}`), name).toBe(true)
    for (const name of ['.git', '__pycache__', 'comfy/mine.py'])
      expect(await isThere(`${home}/${name}`), name).toBe(false)
    expect(await readFile(`${home}/main.py`, 'utf8')).toBe('35')
    expect(await keptIn(trees)).toEqual(['kept-1'])
    for (const name of ['comfy/mine.py', 'main.py', '.git/HEAD'])
      expect(await readFile(`${trees.folder}/kept-1/ComfyUI/${name}`, 'utf8')).toBe(name)
    expect(JSON.parse(await readFile(`${trees.folder}/kept-1/keep.json`, 'utf8')).why).toContain(
      'nothing says',
    )
  })
})

describe('commits in the tree’s git folder', () => {
  const GIT = {
    'main.py': 'code',
    '.git/HEAD': 'ref: refs/heads/master',
    '.git/index': 'index',
    '.git/refs/heads/master': '1',
    '.git/refs/remotes/origin/master': '1',
  }

  test.each([
    '.git/HEAD',
    '.git/refs/heads/mine',
    '.git/refs/stash',
    '.git/packed-refs',
    '.git/modules/x/refs/heads/mine',
  ])('are kept when %s is not what came', async (name) => {
    const root = await tempFolder()
    const { layout, trees } = switchIn(root)
    await listedTree(layout.home, GIT)
    await put(`${layout.home}/${name}`, 'mine')
    await touch(`${layout.home}/${name}`)
    for (const version of ['34', '35']) await upgradeTo(root, { ...GIT, 'main.py': version })
    expect(await readFile(`${trees.folder}/kept-1/ComfyUI/${name}`, 'utf8')).toBe('mine')
    expect(await keptIn(trees)).toEqual(['kept-1'])
  })

  test('are not looked for in what git changes by itself', async () => {
    const root = await tempFolder()
    const { layout, trees } = switchIn(root)
    await listedTree(layout.home, GIT)
    for (const name of ['index', 'FETCH_HEAD', 'logs/HEAD', 'refs/remotes/origin/master', 'objects/ab/cd']) {
      await put(`${layout.home}/.git/${name}`, 'changed')
      await touch(`${layout.home}/.git/${name}`)
    }
    for (const version of ['34', '35']) await upgradeTo(root, { ...GIT, 'main.py': version })
    expect(await keptIn(trees)).toEqual([])
    expect(await readFile(`${trees.previous.tree}/main.py`, 'utf8')).toBe('34')
  })

  test('stay in one piece where the person made the git folder and the new tree has its own', async () => {
    const root = await tempFolder()
    const { layout, trees } = switchIn(root)
    await listedTree(layout.home, { 'main.py': 'code' })
    for (const name of ['HEAD', 'objects/ab/cd']) await put(`${layout.home}/.git/${name}`, 'mine')
    for (const version of ['34', '35']) await upgradeTo(root, { ...GIT, 'main.py': version })
    expect(await isThere(`${layout.home}/.git/objects`)).toBe(false)
    for (const name of ['HEAD', 'objects/ab/cd'])
      expect(await readFile(`${trees.folder}/kept-1/ComfyUI/.git/${name}`, 'utf8')).toBe('mine')
  })
})

test.skipIf(!isRoot)(
  'root carries what the person may not list, and keeps what they may not read',
  async () => {
    const root = await tempFolder()
    const switching = switchIn(root)
    const { host, layout, trees } = switching
    await listedTree(layout.home, { 'main.py': 'old' })
    await put(`${layout.home}/output/rootonly/pic.png`, 'pic')
    await put(`${layout.home}/main.py`, 'changed by root')
    await listedTree(trees.next.tree, { 'main.py': 'new' })
    await giveAll(root)
    await chown(`${layout.home}/output/rootonly`, 0, 0)
    await chmod(`${layout.home}/output/rootonly`, 0o700)
    await chown(`${layout.home}/main.py`, 0, 0)
    await chmod(`${layout.home}/main.py`, 0o600)

    host.users.actAs(PERSON)
    try {
      await switchTrees(switching)
    } finally {
      host.users.actAs(undefined)
    }

    expect(await readFile(`${layout.home}/output/rootonly/pic.png`, 'utf8')).toBe('pic')
    expect(await readFile(`${layout.home}/main.py`, 'utf8')).toBe('new')
    expect(await readFile(`${trees.previous.tree}/main.py`, 'utf8')).toBe('changed by root')
    await upgradeTo(root, { 'main.py': 'newest' })
    expect(await readFile(`${trees.folder}/kept-1/ComfyUI/main.py`, 'utf8')).toBe('changed by root')

    async function giveAll(folder: string) {
      await mkdir(`${folder}/workspace/.comfy-init/changes`, { recursive: true })
      const entries = await host.fs.walk(folder)
      for (const { path } of entries) await chown(`${folder}/${path}`, PERSON.uid, PERSON.gid)
      expect(entries.some(({ path }) => path.endsWith(MANIFEST))).toBe(true)
    }
  },
)
