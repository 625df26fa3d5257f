import { appendFile, mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { grow, readGrowth } from '../../src/host/grow.ts'
import { tempFolder } from '../support/temp-folder.ts'

async function opened(path: string, fromByte: number) {
  const file = await readGrowth(path, fromByte)
  if (file === undefined) throw new Error(`There is no ${path}.`)
  onTestFinished(() => file.close())
  return { ...file, text: async () => Buffer.from(await file.read(1000)).toString() }
}

test('a growing file is there until its path leads elsewhere, and is written all the same', async () => {
  const path = `${await tempFolder()}/log`
  const file = await grow(path)
  onTestFinished(() => file.close())
  await file.write(Buffer.from('one'))
  expect([file.bytes, await file.isThere()]).toEqual([3, true])
  await rename(path, `${path}.1`)
  expect(await file.isThere()).toBe(false)
  await writeFile(path, 'another')
  expect(await file.isThere()).toBe(false)
  await file.write(Buffer.from('two'))
  expect(file.bytes).toBe(6)
})

test('a file is read from where it was left, also under another name, and from its start when it became shorter', async () => {
  const path = `${await tempFolder()}/log`
  await writeFile(path, 'first')
  const file = await opened(path, 2)
  expect([await file.text(), await file.text()]).toEqual(['rst', ''])
  await appendFile(path, 'second')
  expect(await file.text()).toBe('second')
  await rename(path, `${path}.1`)
  await appendFile(`${path}.1`, 'third')
  expect([await file.isAt(path), await file.isAt(`${path}.1`)]).toEqual([false, true])
  expect(await file.text()).toBe('third')
  await truncate(`${path}.1`)
  expect(await file.text()).toBe('')
  await appendFile(`${path}.1`, 'new')
  expect(await file.text()).toBe('new')
})

test('a file is read from so many bytes before its end, from its start when it has fewer, and not at all where there is none', async () => {
  const path = `${await tempFolder()}/log`
  await writeFile(path, '0123456789')
  expect(await (await opened(path, -3)).text()).toBe('789')
  expect(await (await opened(path, -300)).text()).toBe('0123456789')
  await rm(path)
  expect(await readGrowth(path, 0)).toBe(undefined)
  await mkdir(path)
  expect(await readGrowth(`${path}/none`, 0)).toBe(undefined)
})
