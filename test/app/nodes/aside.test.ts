import { mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { bringBack, putAside } from '../../../src/app/nodes/aside.ts'
import { realHost } from '../../../src/host/host.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const { fs } = realHost()

test('a node is put aside with all that is in it, and brought back', async () => {
  const nodes = await aNode('My-Node', 'mine')
  expect(await putAside(fs, nodes, 'my-node')).toBe(`${nodes}/.disabled/My-Node`)
  expect(await fs.look(`${nodes}/My-Node`)).toBeUndefined()
  expect(await bringBack(fs, nodes, 'My-Node')).toBe(`${nodes}/.disabled/My-Node`)
  expect(await readFile(`${nodes}/My-Node/notes.txt`, 'utf8')).toBe('mine')
})

test('one that was put aside before is never written over', async () => {
  const nodes = await aNode('pack', 'first')
  await putAside(fs, nodes, 'pack')
  await mkdir(`${nodes}/pack`)
  await writeFile(`${nodes}/pack/notes.txt`, 'second')
  expect(await putAside(fs, nodes, 'pack')).toBe(`${nodes}/.disabled/pack@2`)
  expect(await readFile(`${nodes}/.disabled/pack/notes.txt`, 'utf8')).toBe('first')
  expect(await readFile(`${nodes}/.disabled/pack@2/notes.txt`, 'utf8')).toBe('second')
})

test('one lies in its place: nothing is brought back over it', async () => {
  const nodes = await aNode('pack', 'first')
  await putAside(fs, nodes, 'pack')
  await mkdir(`${nodes}/Pack`)
  expect(await bringBack(fs, nodes, 'pack')).toBeUndefined()
  expect(await fs.list(`${nodes}/Pack`)).toEqual([])
})

test.each(['.disabled/pack@1_2_0', 'pack.disabled'])('%s is what others switched off', async (name) => {
  const nodes = await tempFolder()
  await mkdir(`${nodes}/${name}`, { recursive: true })
  expect(await bringBack(fs, nodes, 'pack')).toBe(`${nodes}/${name}`)
  expect((await fs.look(`${nodes}/pack`))?.kind).toBe('folder')
})

test('a link is moved as it is, and what it leads to stays', async () => {
  const nodes = await tempFolder()
  const work = await tempFolder()
  await writeFile(`${work}/__init__.py`, '')
  await symlink(work, `${nodes}/linked`)
  await putAside(fs, nodes, 'linked')
  expect(await readlink(`${nodes}/.disabled/linked`)).toBe(work)
  expect(await fs.list(work)).toEqual(['__init__.py'])
})

test('a node that is not there is not put aside', async () => {
  expect(await putAside(fs, await tempFolder(), 'nothing')).toBeUndefined()
})

async function aNode(name: string, notes: string): Promise<string> {
  const nodes = await tempFolder()
  await mkdir(`${nodes}/${name}`)
  await writeFile(`${nodes}/${name}/notes.txt`, notes)
  return nodes
}
