import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { realFs } from '../../../src/host/fs.ts'
import { realUsers } from '../../../src/host/users.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'

const fs = realFs()
const isRoot = process.getuid?.() === 0
const MEBIBYTE = 1024 * 1024
let folder: string
let from: string
let to: string

beforeEach(async () => {
  folder = await tempFolder()
  from = `${folder}/from`
  to = `${folder}/to`
  mkdirSync(from)
})

/** More than is copied before threads are hired. */
function manyFiles(): number {
  for (let at = 0; at < 60; at++) {
    mkdirSync(`${from}/folder-${at}/inner`, { recursive: true })
    for (let file = 0; file < 30; file++)
      writeFileSync(`${from}/folder-${at}/inner/file-${file}`, `${at} ${file}`)
    linkSync(`${from}/folder-${at}/inner/file-0`, `${from}/folder-${at}/linked`)
  }
  mkdirSync(`${from}/wide`)
  for (let file = 0; file < 400; file++) writeFileSync(`${from}/wide/${file}`, 'x'.repeat(file))
  return 60 * 31 + 400
}

/** A file whose bytes take longer than a moment to copy. */
function largeFile(name: string, mebibytes: number): void {
  const file = openSync(`${from}/${name}`, 'w')
  const part = Buffer.alloc(MEBIBYTE)
  for (let at = 0; at < mebibytes; at++) {
    part.fill(at % 251)
    writeSync(file, part)
  }
  closeSync(file)
}

const listed = async (tree: string) =>
  (await fs.walk(tree)).map((each) => ({ ...each, mode: each.mode | 0o700 }))

test.each([1, 16, 96])('many files are copied whole with %i operations in flight', async (width) => {
  const files = manyFiles()

  expect(await fs.copyTree(from, to, { width })).toMatchObject({ files })

  expect(await listed(to)).toEqual(await listed(from))
  expect(statSync(`${to}/folder-7/linked`).nlink).toBe(2)
})

test('a large file is copied in stretches, its holes left, and kept the next time', async () => {
  largeFile('large', 150)
  const file = openSync(`${from}/large`, 'r+')
  ftruncateSync(file, 400 * MEBIBYTE)
  writeSync(file, 'end', 399 * MEBIBYTE)
  closeSync(file)
  chmodSync(`${from}/large`, 0o444)

  expect(await fs.copyTree(from, to)).toMatchObject({ files: 1, bytes: 400 * MEBIBYTE })

  expect(spawnSync('cmp', [`${from}/large`, `${to}/large`]).status).toBe(0)
  expect(statSync(`${to}/large`).mode & 0o777).toBe(0o444)
  expect(statSync(`${to}/large`).blocks * 512).toBeLessThan(200 * MEBIBYTE)
  expect(await fs.copyTree(from, to)).toMatchObject({ kept: 1 })
})

test('an abort in the middle of a file rejects with its reason, and the next copy goes on', async () => {
  writeFileSync(`${from}/a`, 'small')
  largeFile('large', 300)
  const reason = new Error('enough')
  const controller = new AbortController()
  let abortedAt = 0
  const copy = fs.copyTree(from, to, {
    signal: controller.signal,
    onProgress: () => {
      abortedAt ||= performance.now()
      controller.abort(reason)
    },
  })

  await expect(copy).rejects.toBe(reason)

  expect(performance.now() - abortedAt).toBeLessThan(1000)
  expect(await fs.copyTree(from, to)).toMatchObject({ files: 2, kept: 1 })
  expect(spawnSync('cmp', [`${from}/large`, `${to}/large`]).status).toBe(0)
})

test('what progress throws ends the copy', async () => {
  manyFiles()
  const cut = new Error('cut')

  await expect(
    fs.copyTree(from, to, {
      onProgress: () => {
        throw cut
      },
    }),
  ).rejects.toBe(cut)
})

test('TSTP pauses a copy, progress says so, and CONT lets it go on', async () => {
  largeFile('large', 400)
  const told: { bytes: number; paused: boolean }[] = []
  const copy = fs.copyTree(from, to, {
    onProgress: (done) => {
      told.push(done)
      if (told.length === 1) process.emit('SIGTSTP')
    },
  })

  await until(() => told.length >= 5, 'five words on progress')
  const paused = told.slice(-2)
  process.emit('SIGCONT')

  expect(await copy).toMatchObject({ files: 1, bytes: 400 * MEBIBYTE })
  expect(paused.map((each) => each.paused)).toEqual([true, true])
  expect(paused[0]?.bytes).toBe(paused[1]?.bytes)
  expect(process.listenerCount('SIGTSTP')).toBe(0)
})

test.each([50, 100])(
  'a file of %i MiB that changes while it is copied is copied again, and one that never rests is an error',
  async (mebibytes) => {
    largeFile('large', mebibytes)
    const changing = spawn('sh', ['-c', 'while touch "$1"; do :; done', 'sh', `${from}/large`])
    onTestFinished(() => void changing.kill())
    const { mtimeMs } = statSync(`${from}/large`)
    await until(() => statSync(`${from}/large`).mtimeMs !== mtimeMs, 'the first change')

    await expect(fs.copyTree(from, to)).rejects.toMatchObject({ code: 'ECHANGED', path: `${from}/large` })

    changing.kill()
    await once(changing, 'exit')
    await fs.copyTree(from, to)
    expect(await listed(to)).toEqual(await listed(from))
  },
)

test.runIf(isRoot)('a full disk is the system’s error, and the copy goes on when there is room', async () => {
  largeFile('large', 3)
  for (let at = 0; at < 50; at++) writeFileSync(`${from}/${at}`, Buffer.alloc(65536, at))
  mkdirSync(to)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', to])
  onTestFinished(() => void execFileSync('umount', [to]))

  await expect(fs.copyTree(from, to)).rejects.toMatchObject({
    code: 'ENOSPC',
    path: expect.stringContaining(to),
  })

  execFileSync('mount', ['-o', 'remount,size=20m', to])
  await fs.copyTree(from, to)
  expect(await listed(to)).toEqual(await listed(from))
})

test.runIf(isRoot)('threads act as the person that the program acts as (runs as root only)', async () => {
  manyFiles()
  mkdirSync(to)
  chownSync(to, 1000, 1000)
  const users = realUsers()
  onTestFinished(() => users.actAs(undefined))
  users.actAs({ uid: 1000, gid: 1000, groups: [] })

  await fs.copyTree(from, to)

  expect(statSync(`${to}/folder-7/inner/file-3`)).toMatchObject({ uid: 1000, gid: 1000 })
  expect(statSync(`${to}/folder-59/inner`)).toMatchObject({ uid: 1000, gid: 1000 })
})

test.runIf(isRoot)(
  'what may not be read is the system’s error with its path (runs as root only)',
  async () => {
    mkdirSync(`${from}/deep`)
    writeFileSync(`${from}/deep/secret`, 'x', { mode: 0o000 })
    mkdirSync(to)
    chownSync(to, 1000, 1000)
    const users = realUsers()
    onTestFinished(() => users.actAs(undefined))
    users.actAs({ uid: 1000, gid: 1000, groups: [] })

    await expect(fs.copyTree(from, to)).rejects.toMatchObject({ code: 'EACCES', path: `${from}/deep/secret` })
  },
)

test('few descriptors are enough', () => {
  manyFiles()
  const script = `import { realFs } from ${JSON.stringify(`${process.cwd()}/src/host/fs.ts`)}
    console.log(JSON.stringify(await realFs().copyTree(process.argv[2], process.argv[3], { width: 96 })))`
  const file = `${folder}/copy.ts`
  writeFileSync(file, script)

  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, file, from, to],
    { encoding: 'utf8' },
  )

  expect([stderr, JSON.parse(stdout || '{}')]).toMatchObject(['', { files: 2260 }])
})

test('a source that is absent is the system’s error', async () => {
  await expect(fs.copyTree(`${folder}/none`, to)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(existsSync(to)).toBe(false)
})

test('a copied tree is brought to the disk, and so is a single file', async () => {
  manyFiles()
  writeFileSync(`${folder}/file`, 'x')

  await fs.sync(from)
  await fs.sync(`${folder}/file`)

  expect(readFileSync(`${folder}/file`, 'utf8')).toBe('x')
})
