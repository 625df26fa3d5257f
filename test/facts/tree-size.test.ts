import { mkdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { sizeOf } from '../../src/facts/tree-size.ts'
import { type Fs, realFs } from '../../src/host/fs.ts'
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

test('many files in many folders are all counted, few at a time', async () => {
  const root = await tempFolder()
  for (let folder = 0; folder < 20; folder++) {
    await mkdir(`${root}/${folder}`)
    for (let file = 0; file < 20; file++) await writeFile(`${root}/${folder}/${file}`, 'x')
  }
  const { watched, most } = watching()

  expect(await sizeOf(watched, root)).toEqual({ files: 420, bytes: 420 * BLOCK })
  expect(most()).toBeLessThanOrEqual(16)
})

test('what is gone or may not be read counts as nothing', async () => {
  const root = await treeOf({ 'a/b': 'x', 'c/d': 'x', e: 'x' })
  const refusing: Fs = {
    ...fs,
    entries: (path) => (path.endsWith('/a') ? Promise.reject(refused()) : fs.entries(path)),
    look: async (path) => (String(path).endsWith('/e') ? undefined : fs.look(path)),
  }

  expect(await sizeOf(refusing, root)).toEqual({ files: 4, bytes: 3 * BLOCK })
  expect(await sizeOf(fs, `${root}/nowhere`)).toEqual({ files: 0, bytes: 0 })
})

function refused(): Error {
  return Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
}

/** The real files, and how many were asked for at once at most. */
function watching() {
  let [now, most] = [0, 0]
  const counted = async <T>(asked: Promise<T>): Promise<T> => {
    now++
    most = Math.max(most, now)
    return asked.finally(() => {
      now--
    })
  }
  const watched: Fs = {
    ...fs,
    look: (path) => counted(fs.look(path)),
    entries: (path) => counted(fs.entries(path)),
  }
  return { watched, most: () => most }
}
