import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from 'vitest'
import { extractInit } from '../../../src/host/reaper/extract-init.ts'
import { stubInit } from '../../support/stub-init.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const home = `comfy-init-${process.geteuid?.()}`

test('the init lands in a folder of its own that only we can enter', async () => {
  const folder = await tempFolder()
  const bytes = readFileSync(await stubInit())

  expect(extractInit(bytes, [folder])).toMatchObject({ path: `${folder}/${home}/tini` })
  expect(statSync(`${folder}/${home}`).mode & 0o777).toBe(0o700)
  expect(readFileSync(`${folder}/${home}/tini`).equals(bytes)).toBe(true)
})

test('the same bytes are used again, other bytes are replaced', async () => {
  const folder = await tempFolder()
  const bytes = readFileSync(await stubInit())
  extractInit(bytes, [folder])
  const first = statSync(`${folder}/${home}/tini`).ino
  extractInit(bytes, [folder])
  const second = statSync(`${folder}/${home}/tini`).ino
  writeFileSync(`${folder}/${home}/tini`, 'torn')
  extractInit(bytes, [folder])

  expect(second).toBe(first)
  expect(readFileSync(`${folder}/${home}/tini`).equals(bytes)).toBe(true)
  expect(readdirSync(`${folder}/${home}`)).toEqual(['tini'])
})

test('what cannot run leaves nothing behind and the reason is told', async () => {
  const folder = await tempFolder()

  expect(extractInit(Buffer.from('not a program'), [folder])).toEqual({
    refused: expect.stringContaining(`${folder} (not a program for this processor)`),
  })
  expect(readdirSync(folder)).toEqual([])
})

test('a folder that others can write, a link and a file in its place are passed over', async () => {
  const bytes = readFileSync(await stubInit())
  const [open, linked, file, good] = [
    await tempFolder(),
    await tempFolder(),
    await tempFolder(),
    await tempFolder(),
  ]
  mkdirSync(`${open}/${home}`)
  chmodSync(`${open}/${home}`, 0o777)
  symlinkSync(await tempFolder(), `${linked}/${home}`)
  writeFileSync(`${file}/${home}`, '')

  expect(extractInit(bytes, [open, linked, file, '/absent', good])).toMatchObject({
    path: `${good}/${home}/tini`,
  })
  expect(readdirSync(`${open}/${home}`)).toEqual([])
})
