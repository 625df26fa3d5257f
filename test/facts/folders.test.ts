import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lookModels } from '../../src/facts/models-folders.ts'
import { parseMounts } from '../../src/facts/mounts.ts'
import { lookNodes } from '../../src/facts/nodes-folders.ts'
import { lookTiers } from '../../src/facts/tiers.ts'
import { realFs } from '../../src/host/fs.ts'
import { treeOf } from '../support/world/tree-of.ts'

const fs = realFs()

test('tiers are those asked for and then the shared tree’s, with their folders and linked folders', async () => {
  const root = await treeOf({
    'hot/loras': null,
    'hot/notes.txt': '',
    'hot/far': { link: '../cold' },
    'hot/gone': { link: 'nowhere' },
    'hot/file': { link: 'notes.txt' },
    'cold/vae': null,
    'shared/models/LLM': null,
  })
  const mounts = parseMounts(`1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / ${root}/shared ro - nfs b rw\n`)
  const sought = { shared: `${root}/shared`, sharedModels: [`${root}/hot`, `${root}/missing`] }
  expect(await lookTiers(fs, sought, mounts)).toEqual([
    { path: `${root}/hot`, exists: true, readOnly: false, folders: ['far', 'loras'] },
    { path: `${root}/missing`, exists: false, readOnly: false, folders: [] },
    { path: `${root}/shared/models`, exists: true, readOnly: true, folders: ['LLM'] },
  ])
})

test('a shared tree without models is no tier', async () => {
  const root = await treeOf({ 'input/x': '' })
  expect(await lookTiers(fs, { shared: root, sharedModels: [] }, [])).toEqual([])
})

test('nodes are folders and links, also links to nothing; files and hidden folders are none', async () => {
  const root = await treeOf({
    'a-node/__init__.py': '',
    'single.py': '',
    __pycache__: null,
    '.disabled/off-node@1_0_2': null,
    '.disabled/other': null,
    'old-node.disabled': null,
    linked: { link: '/nowhere/at/all' },
    'to-folder': { link: 'a-node' },
    'to-file': { link: 'single.py' },
  })
  expect(await lookNodes(fs, [root, `${root}/missing`])).toEqual([
    {
      path: root,
      exists: true,
      nodes: [
        { name: 'a-node', linkTarget: undefined, stamps: expect.anything() },
        { name: 'linked', linkTarget: '/nowhere/at/all' },
        { name: 'to-folder', linkTarget: 'a-node', stamps: expect.anything() },
      ],
      disabled: ['old-node', 'off-node', 'other'],
    },
    { path: `${root}/missing`, exists: false, nodes: [], disabled: [] },
  ])
})

test('a models folder with nothing but its marker is empty', async () => {
  const root = await treeOf({
    'loras/put_loras_here': '',
    bare: null,
    'vae/put_vae_here': '',
    'vae/x.safetensors': '',
    LLM: { link: '/shared/LLM' },
    'readme.txt': '',
  })
  expect(await lookModels(fs, [root, `${root}/missing`])).toEqual([
    {
      path: root,
      exists: true,
      real: root,
      entries: [
        { name: 'LLM', kind: 'link', linkTarget: '/shared/LLM', empty: false },
        { name: 'bare', kind: 'folder', linkTarget: undefined, empty: true },
        { name: 'loras', kind: 'folder', linkTarget: undefined, empty: true },
        { name: 'readme.txt', kind: 'other', linkTarget: undefined, empty: false },
        { name: 'vae', kind: 'folder', linkTarget: undefined, empty: false },
      ],
    },
    { path: `${root}/missing`, exists: false, real: undefined, entries: [] },
  ])
})

test('a node’s stamps change with its telling files, and with no others', async () => {
  const root = await treeOf({ 'a/__init__.py': '', 'a/requirements.txt': 'numpy', 'a/notes.txt': '' })
  const stamps = async () => (await lookNodes(fs, [root]))[0]?.nodes[0]?.stamps
  const before = await stamps()
  expect(before).toMatchObject({ requirements: expect.any(String), install: undefined })

  writeFileSync(`${root}/a/notes.txt`, 'more')
  expect(await stamps()).toEqual(before)

  writeFileSync(`${root}/a/requirements.txt`, 'numpy>2')
  writeFileSync(`${root}/a/install.py`, '')
  const after = await stamps()
  expect(after?.requirements).not.toBe(before?.requirements)
  expect(after?.install).toBeDefined()
  expect(after?.code).toBe(before?.code)
})
