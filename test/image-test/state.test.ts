import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { takeFolder } from '../../scripts/image-test/state.ts'
import { tempFolder } from '../support/temp-folder.ts'

test('a folder that is not there is made for us alone, and taken again later', async () => {
  const path = `${await tempFolder()}/state`

  expect([takeFolder(path), takeFolder(path)]).toEqual([path, path])

  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('a folder of ours that others could look into is closed', async () => {
  const path = `${await tempFolder()}/state`
  mkdirSync(path)
  chmodSync(path, 0o755)

  takeFolder(path)

  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('a link is refused, also one to a folder of ours', async () => {
  const folder = await tempFolder()
  symlinkSync(folder, `${folder}/state`)

  expect(() => takeFolder(`${folder}/state`)).toThrow('It is no folder.')
})

test('a file is refused', async () => {
  const path = `${await tempFolder()}/state`
  writeFileSync(path, '')

  expect(() => takeFolder(path)).toThrow('It is no folder.')
})

test.runIf(process.getuid?.() === 0)('the folder of somebody else is refused', async () => {
  const path = `${await tempFolder()}/state`
  mkdirSync(path)
  chownSync(path, 4242, 4242)

  expect(() => takeFolder(path)).toThrow('It belongs to user 4242.')
})
