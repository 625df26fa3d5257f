import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { realFs } from '../../../src/host/fs.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const fs = realFs()
let from: string
let to: string

beforeEach(async () => {
  const folder = await tempFolder()
  from = `${folder}/from`
  to = `${folder}/to`
  mkdirSync(`${from}/deep/er`, { recursive: true })
  for (const name of ['a', 'b', 'deep/c', 'deep/er/d']) writeFileSync(`${from}/${name}`, `text of ${name}`)
  symlinkSync('a', `${from}/link`)
  await fs.copyTree(from, to)
})

const inodeOf = (name: string) => statSync(`${to}/${name}`).ino
const listed = async (tree: string) =>
  (await fs.walk(tree)).map((each) => ({ ...each, mode: each.mode | 0o700 }))

test('a second copy keeps everything, and says so', async () => {
  const before = inodeOf('deep/er/d')

  expect(await fs.copyTree(from, to)).toMatchObject({ files: 5, kept: 5 })

  expect(inodeOf('deep/er/d')).toBe(before)
  expect(await listed(to)).toEqual(await listed(from))
})

test('a file of another size or time is copied again, and only that', async () => {
  writeFileSync(`${to}/a`, 'text')
  utimesSync(`${to}/deep/c`, 1, 1)

  expect(await fs.copyTree(from, to)).toMatchObject({ files: 5, kept: 3 })

  expect(await listed(to)).toEqual(await listed(from))
})

test('a file of the same size and time with other bytes is found by content alone', async () => {
  writeFileSync(`${to}/a`, 'text of z')
  execFileSync('touch', ['-r', `${from}/a`, `${to}/a`])

  expect(await fs.copyTree(from, to)).toMatchObject({ kept: 5 })
  expect(await fs.copyTree(from, to, { resume: 'content' })).toMatchObject({ kept: 4 })

  expect(readFileSync(`${to}/a`, 'utf8')).toBe('text of a')
})

test('a file whose own time is the source’s by chance is compared: its copying may have been cut', async () => {
  writeFileSync(`${to}/a`, 'text of z')
  execFileSync('touch', ['-r', `${to}/a`, `${from}/a`])

  expect(await fs.copyTree(from, to)).toMatchObject({ kept: 4 })

  expect(readFileSync(`${to}/a`, 'utf8')).toBe('text of a')
})

test('permission bits that differ are set, and the bytes kept', async () => {
  chmodSync(`${from}/a`, 0o755)

  expect(await fs.copyTree(from, to)).toMatchObject({ kept: 5 })

  expect(statSync(`${to}/a`).mode & 0o777).toBe(0o755)
})

test('a link that leads elsewhere is made again', async () => {
  rmSync(`${to}/link`)
  symlinkSync('b', `${to}/link`)

  await fs.copyTree(from, to)

  expect(readlinkSync(`${to}/link`)).toBe('a')
})

test('what the source lacks is removed, folders that forbid it too', async () => {
  mkdirSync(`${to}/extra/inner`, { recursive: true })
  writeFileSync(`${to}/extra/inner/file`, 'x')
  chmodSync(`${to}/extra/inner`, 0o500)
  writeFileSync(`${to}/deep/more`, 'x')
  symlinkSync(from, `${to}/deep/away`)

  await fs.copyTree(from, to)

  expect(await listed(to)).toEqual(await listed(from))
  expect(readFileSync(`${from}/a`, 'utf8')).toBe('text of a')
})

test('a file in the place of a folder, and a folder or link in the place of a file, give way', async () => {
  rmSync(`${to}/deep`, { recursive: true })
  symlinkSync(from, `${to}/deep`)
  rmSync(`${to}/a`)
  mkdirSync(`${to}/a/b`, { recursive: true })
  rmSync(`${to}/b`)
  symlinkSync(`${from}/a`, `${to}/b`)

  await fs.copyTree(from, to)

  expect(await listed(to)).toEqual(await listed(from))
})

test('a copy is never written into a file that has another name elsewhere', async () => {
  const outside = `${to}-outside`
  linkSync(`${to}/a`, outside)
  writeFileSync(`${from}/a`, 'new text')

  await fs.copyTree(from, to)

  expect(readFileSync(outside, 'utf8')).toBe('text of a')
  expect(readFileSync(`${to}/a`, 'utf8')).toBe('new text')
})

test('a file that has another name elsewhere is not kept: a later change there would be one here', async () => {
  linkSync(`${to}/a`, `${to}-outside`)

  expect(await fs.copyTree(from, to)).toMatchObject({ kept: 4 })

  expect(statSync(`${to}/a`).nlink).toBe(1)
})

test('names of one file that came apart are put together again', async () => {
  linkSync(`${from}/b`, `${from}/deep/b2`)
  linkSync(`${from}/b`, `${from}/deep/b3`)
  await fs.copyTree(from, to)
  rmSync(`${to}/deep/b2`)
  writeFileSync(`${to}/deep/b2`, 'another')

  expect(await fs.copyTree(from, to)).toMatchObject({ files: 7, kept: 6 })

  expect(inodeOf('deep/b2')).toBe(inodeOf('b'))
  expect(inodeOf('deep/b3')).toBe(inodeOf('b'))
})

test('skipped paths are neither copied nor removed, at any depth', async () => {
  writeFileSync(`${from}/deep/er/mount`, 'of the image')
  mkdirSync(`${to}/models/big`, { recursive: true })
  writeFileSync(`${to}/models/big/own`, 'x')
  writeFileSync(`${to}/models/other`, 'x')
  mkdirSync(`${to}/deep/er/mount`)
  writeFileSync(`${to}/deep/er/mount/own`, 'x')

  await fs.copyTree(from, to, { skip: ['models/big', 'deep/er/mount'] })

  expect(readFileSync(`${to}/models/big/own`, 'utf8')).toBe('x')
  expect(readFileSync(`${to}/deep/er/mount/own`, 'utf8')).toBe('x')
  expect(await fs.list(`${to}/models`)).toEqual(['big'])
})

test('progress counts what was kept, and is told at the end', async () => {
  rmSync(`${to}/a`)
  let last = { files: 0, bytes: 0 }

  const { files, bytes } = await fs.copyTree(from, to, { onProgress: (done) => (last = done) })

  expect(last).toMatchObject({ files, bytes })
})
