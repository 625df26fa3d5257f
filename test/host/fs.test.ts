import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { realFs } from '../../src/host/fs.ts'
import { realUsers } from '../../src/host/users.ts'
import { tempFolder } from '../support/temp-folder.ts'

const fs = realFs()

test('folders are made with all their parents, and made again without complaint', async () => {
  const folder = await tempFolder()

  await fs.makeFolder(`${folder}/a/b/c`, 0o700)
  await fs.makeFolder(`${folder}/a/b/c`)

  expect(statSync(`${folder}/a/b/c`).mode & 0o777).toBe(0o700)
})

test('a folder that a filesystem will not have is refused at once', async () => {
  await expect(fs.makeFolder('/proc/none/of/this')).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a file in the way of a folder is an error, not a folder', async () => {
  const folder = await tempFolder()
  writeFileSync(`${folder}/a`, '')

  await expect(fs.makeFolder(`${folder}/a`)).rejects.toMatchObject({ code: 'EEXIST' })
  await expect(fs.makeFolder(`${folder}/a/b`)).rejects.toMatchObject({ code: 'ENOTDIR' })
})

test('what is absent is undefined, and what is there is told', async () => {
  const folder = await tempFolder()
  writeFileSync(`${folder}/a`, 'text')

  expect(await fs.readText(`${folder}/none`)).toBeUndefined()
  expect(await fs.look(`${folder}/a/b`)).toBeUndefined()
  expect(await fs.list(`${folder}/none`)).toBeUndefined()
  expect(await fs.look(`${folder}/a`)).toMatchObject({ kind: 'file', bytes: 4 })
})

test('a text is replaced whole, and a half-written one of a cut boot does no harm', async () => {
  const folder = await tempFolder()
  writeFileSync(`${folder}/a.partial`, 'half')

  await fs.write(`${folder}/a`, 'one', 0o600)
  await fs.write(`${folder}/a`, 'two', 0o600)

  expect(readFileSync(`${folder}/a`, 'utf8')).toBe('two')
  expect(statSync(`${folder}/a`).mode & 0o777).toBe(0o600)
  expect(await fs.list(folder)).toEqual(['a'])
})

test('a link replaces a link, never a file or a folder', async () => {
  const folder = await tempFolder()
  symlinkSync('/old', `${folder}/link`)
  await fs.makeFolder(`${folder}/folder`)

  await fs.link('/new', `${folder}/link`)

  expect(readlinkSync(`${folder}/link`)).toBe('/new')
  await expect(fs.link('/new', `${folder}/folder`)).rejects.toThrow('not a link')
  expect(lstatSync(`${folder}/folder`).isDirectory()).toBe(true)
})

test('removing a folder removes links in it, not what they lead to', async () => {
  const folder = await tempFolder()
  writeFileSync(`${folder}/kept`, 'x')
  await fs.makeFolder(`${folder}/gone`)
  symlinkSync(`${folder}/kept`, `${folder}/gone/link`)

  await fs.remove(`${folder}/gone`)

  expect(await fs.list(folder)).toEqual(['kept'])
})

test('a copied tree has the same contents, modes, times and links', async () => {
  const folder = await tempFolder()
  await fs.makeFolder(`${folder}/from/deep`)
  writeFileSync(`${folder}/from/deep/run.sh`, '#!/bin/sh\n', { mode: 0o755 })
  symlinkSync('deep/run.sh', `${folder}/from/link`)
  let bytes = 0

  await fs.copyTree(`${folder}/from`, `${folder}/to`, { onProgress: (done) => (bytes = done.bytes) })

  const [before, after] = [statSync(`${folder}/from/deep/run.sh`), statSync(`${folder}/to/deep/run.sh`)]
  expect(after).toMatchObject({ mode: before.mode, size: before.size })
  expect(Math.abs(after.mtimeMs - before.mtimeMs)).toBeLessThan(1)
  expect(readlinkSync(`${folder}/to/link`)).toBe('deep/run.sh')
  expect(bytes).toBe(before.size)
})

test('names that are no UTF-8 are copied and removed as they are', async () => {
  const folder = await tempFolder()
  const name = Buffer.from([0x63, 0x61, 0x66, 0xe9])
  await fs.makeFolder(`${folder}/from`)
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/from/`), name]), 'x')

  await fs.copyTree(`${folder}/from`, `${folder}/to`)

  expect(readdirSync(Buffer.from(`${folder}/to`), { encoding: 'buffer' })).toEqual([name])
  await fs.remove(`${folder}/to`)
  expect(await fs.list(folder)).toEqual(['from'])
})

test('a pipe is no text, a folder and a huge file are refused, and none of them keeps us waiting', async () => {
  const folder = await tempFolder()
  execFileSync('mkfifo', [`${folder}/pipe`])
  writeFileSync(`${folder}/huge`, '')
  truncateSync(`${folder}/huge`, 17 * 1024 * 1024)

  expect(await fs.readText(`${folder}/pipe`)).toBeUndefined()
  await expect(fs.readText(folder)).rejects.toMatchObject({ code: 'EISDIR' })
  await expect(fs.readText(`${folder}/huge`)).rejects.toMatchObject({ code: 'EFBIG' })
})

test('a pipe at a log’s place is refused at once', async () => {
  const folder = await tempFolder()
  execFileSync('mkfifo', [`${folder}/log`])

  await expect(fs.grow(`${folder}/log`)).rejects.toMatchObject({ code: 'ENXIO' })
})

test.runIf(process.getuid?.() === 0)(
  'folders that forbid it are removed all the same by their owner (runs as root only)',
  async () => {
    const folder = await tempFolder()
    await fs.makeFolder(`${folder}/a/b`)
    writeFileSync(`${folder}/a/b/c`, 'x')
    for (const path of ['a/b', 'a', '']) chownSync(`${folder}/${path}`, 1000, 1000)
    for (const path of ['a/b', 'a']) chmodSync(`${folder}/${path}`, 0o555)
    const users = realUsers()
    onTestFinished(() => users.actAs(undefined))
    users.actAs({ uid: 1000, gid: 1000, groups: [] })

    await fs.remove(`${folder}/a`)

    expect(await fs.list(folder)).toEqual([])
  },
)
