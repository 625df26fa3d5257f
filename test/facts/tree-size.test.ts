import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { sizeOf } from '../../src/facts/tree-size.ts'
import { realFs } from '../../src/host/fs.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { treeOf } from '../support/world/tree-of.ts'

const fs = realFs()
const BLOCK = 4096

test('a tree’s size counts whole blocks and every entry, folders among them, and follows no link', async () => {
  const root = await treeOf({ 'a/b/c': '12345', 'a/d': '678', 'a/loop': { link: '..' }, e: null })
  const folders = 3

  expect(await sizeOf(fs, root)).toEqual({ files: 6, bytes: (folders + 3) * BLOCK })
})

test('a block that is begun is counted whole, an empty file takes none', async () => {
  const root = await tempFolder()
  await writeFile(`${root}/empty`, '')
  await writeFile(`${root}/full`, 'x'.repeat(BLOCK))
  await writeFile(`${root}/one-more`, 'x'.repeat(BLOCK + 1))

  expect(await sizeOf(fs, root)).toEqual({ files: 3, bytes: 3 * BLOCK })
})

test('names that are no text, pipes and what a link leads to are counted as entries', async () => {
  const root = await treeOf({ 'a/b': 'x', 'a/far': { link: '/usr' }, gone: { link: 'nowhere' } })
  await mkdir(Buffer.from(`${root}/caf\xe9`, 'latin1'))
  await writeFile(Buffer.from(`${root}/caf\xe9/na\xefve`, 'latin1'), 'x')
  execFileSync('mkfifo', [`${root}/pipe`])

  expect(await sizeOf(fs, root)).toEqual({ files: 7, bytes: 6 * BLOCK })
})

test('where there is no folder there is nothing', async () => {
  const root = await tempFolder()
  expect(await sizeOf(fs, `${root}/nowhere`)).toEqual({ files: 0, bytes: 0 })
})
