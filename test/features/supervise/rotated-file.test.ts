import { appendFile, lstat, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type Fs, realFs } from '../../../src/host/fs.ts'
import { aPath, DAY_MS, inTurn, openLog, textsOf } from '../../support/log-files.ts'
import { until } from '../../support/until.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

test('a full file is moved on, and only three are kept', async () => {
  const path = await aPath()
  await inTurn(path, ['first\n', 'second\n', 'third\n', 'fourth\n'], { mostBytes: 8 })
  expect(await textsOf(path)).toEqual({
    'comfyui.log': 'fourth\n',
    'comfyui.log.1': 'third\n',
    'comfyui.log.2': 'second\n',
  })
})

test('a file whose first line is older than its age is moved on by the next line', async () => {
  const clock = virtualClock()
  const path = await aPath()
  const file = openLog(path, { clock, mostAgeMs: 7 * DAY_MS })
  const write = async (line: string) => {
    file.write(Buffer.from(line))
    await until(async () => (await readFile(path, 'utf8').catch(() => '')).endsWith(line), line)
  }
  await clock.advance(Date.now())
  await write('monday\n')
  await clock.advance(6.9 * DAY_MS)
  await utimes(path, clock.now() / 1000, clock.now() / 1000)
  await write('next monday\n')
  await clock.advance(0.2 * DAY_MS)
  await write('after that\n')
  await file.close()
  expect((await textsOf(path))['comfyui.log']).toBe('after that\n')
})

test('the age of a file outlives the program: it is that of its birth', async () => {
  const path = await aPath()
  const clock = virtualClock()
  await clock.advance(Date.now() + 3 * DAY_MS)
  await inTurn(path, ['three days ago\n'])
  await utimes(path, clock.now() / 1000, clock.now() / 1000)
  await inTurn(path, ['today\n'], { clock, mostAgeMs: 2 * DAY_MS })
  expect(await textsOf(path)).toEqual({
    'comfyui.log': 'today\n',
    'comfyui.log.1': 'three days ago\n',
  })
})

test('where files have no birth a file began when the one before it ended', async () => {
  const path = await aPath()
  const real = realFs()
  const clock = virtualClock()
  await clock.advance(Date.now())
  const wish = { fs: { ...real, grow: async (at: string) => withoutBirth(await real.grow(at)) }, clock }
  const before = (clock.now() - 3 * DAY_MS) / 1000
  await inTurn(path, ['o', 'ld\n'], { ...wish, mostAgeMs: DAY_MS })
  await writeFile(`${path}.1`, 'older\n')
  await utimes(`${path}.1`, before, before)

  await inTurn(path, ['added\n'], { ...wish, mostAgeMs: 4 * DAY_MS })
  expect(await textsOf(path)).toEqual({ 'comfyui.log': 'old\nadded\n', 'comfyui.log.1': 'older\n' })
  await clock.advance(1.5 * DAY_MS)
  await inTurn(path, ['new\n'], { ...wish, mostAgeMs: 4 * DAY_MS })
  expect(await textsOf(path)).toMatchObject({ 'comfyui.log': 'new\n', 'comfyui.log.1': 'old\nadded\n' })
})

function withoutBirth(file: Awaited<ReturnType<Fs['grow']>>) {
  const { write, close, isThere } = file
  return {
    get bytes() {
      return file.bytes
    },
    bornMs: undefined,
    write,
    close,
    isThere,
  }
}

test('older files that are too old go at the start, those of others and younger ones stay', async () => {
  const path = await aPath()
  await inTurn(path, ['now\n'])
  const old = new Date(Date.now() - 8 * DAY_MS)
  for (const name of ['.1', '.2', '.3', '.bak', '.10']) {
    await writeFile(path + name, `${name}\n`)
    if (name !== '.1') await utimes(path + name, old, old)
  }
  const clock = virtualClock()
  await clock.advance(Date.now())
  await inTurn(path, ['later\n'], { clock, mostAgeMs: 7 * DAY_MS })
  expect(Object.keys(await textsOf(path))).toEqual([
    'comfyui.log',
    'comfyui.log.1',
    'comfyui.log.10',
    'comfyui.log.3',
    'comfyui.log.bak',
  ])
})

test('a link or a folder in the place of an older file is left alone, and the other places are used', async () => {
  const path = await aPath()
  await inTurn(path, ['first\n'])
  await mkdir(`${path}.1`)
  await writeFile(`${path}.1/mine`, 'mine\n')
  await inTurn(path, ['second\n', 'third\n'], { mostBytes: 8 })
  expect(await readFile(`${path}.1/mine`, 'utf8')).toBe('mine\n')
  expect(await readFile(`${path}.2`, 'utf8')).toBe('second\n')

  await rm(`${path}.2`)
  await symlink('../elsewhere', `${path}.2`)
  await inTurn(path, ['fourth\n'], { mostBytes: 8, mostAgeMs: 0 })
  expect((await lstat(`${path}.2`)).isSymbolicLink()).toBe(true)
  expect(await readFile(path, 'utf8')).toBe('fourth\n')
})

test('what somebody else adds to the file counts for its size at the next start', async () => {
  const path = await aPath()
  await inTurn(path, ['one\n'])
  await appendFile(path, 'more\n')
  await inTurn(path, ['two\n'], { mostBytes: 10 })
  expect(await textsOf(path)).toEqual({ 'comfyui.log': 'two\n', 'comfyui.log.1': 'one\nmore\n' })
})
