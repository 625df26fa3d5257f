import { lstat, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { aPath, inTurn, openLog, textsOf } from '../../support/log-files.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

test('a file that is there is continued', async () => {
  const path = `${await tempFolder()}/comfyui.log`
  await writeFile(path, 'before\n')
  await inTurn(path, ['after\n'])
  expect(await readFile(path, 'utf8')).toBe('before\nafter\n')
})

test('bytes are kept as they came, whatever they are', async () => {
  const path = await aPath()
  const bytes = Uint8Array.from({ length: 5000 }, (_, at) => at % 256)
  const file = openLog(path)
  for (let at = 0; at < bytes.length; at += 7) file.write(bytes.subarray(at, at + 7))
  await file.close()
  expect(new Uint8Array(await readFile(path))).toEqual(bytes)
})

test('a log that is a link is written through and never moved on', async () => {
  const path = await aPath()
  const target = `${await tempFolder()}/kept.log`
  await inTurn(path, [''])
  await rm(path, { force: true })
  await symlink(target, path)
  await inTurn(path, ['first\n', 'second\n', 'third\n'], { mostBytes: 8 })
  expect(await readFile(target, 'utf8')).toBe('first\nsecond\nthird\n')
  expect((await lstat(path)).isSymbolicLink()).toBe(true)
  expect(Object.keys(await textsOf(path))).toEqual(['comfyui.log'])
})

test('a folder of logs that is a link is used as the folder it leads to', async () => {
  const top = await tempFolder()
  await mkdir(`${top}/elsewhere`)
  await symlink(`${top}/elsewhere`, `${top}/logs`)
  await inTurn(`${top}/logs/comfyui.log`, ['first\n', 'second\n'], { mostBytes: 8 })
  expect(await textsOf(`${top}/elsewhere/comfyui.log`)).toEqual({
    'comfyui.log': 'second\n',
    'comfyui.log.1': 'first\n',
  })
  expect((await lstat(`${top}/logs`)).isSymbolicLink()).toBe(true)
})

test.each([
  [
    'removed with its folder',
    (path: string) => rm(path.slice(0, path.lastIndexOf('/')), { recursive: true }),
  ],
  ['moved away', (path: string) => rename(path, `${path}-of-logrotate`)],
])('a file that is %s while it is written is made again', async (_, takeAway) => {
  const clock = virtualClock()
  const path = await aPath()
  const file = openLog(path, { clock })
  file.write(Buffer.from('before\n'))
  await until(async () => (await readFile(path, 'utf8').catch(() => '')) === 'before\n', 'the first line')
  await takeAway(path)
  await clock.advance(1000)
  file.write(Buffer.from('after\n'))
  await file.close()
  expect(await readFile(path, 'utf8')).toBe('after\n')
})

test('a disk without room ends the file with one word, not the service, and is tried again half a minute later', async () => {
  const told: unknown[] = []
  const clock = virtualClock()
  const file = openLog('/dev/full', { clock, onFailed: (error) => told.push(error) })
  for (let turn = 0; turn < 3; turn++) {
    file.write(Buffer.from('one\n'))
    await file.close()
    await clock.advance(29_999)
    file.write(Buffer.from('two\n'))
    await file.close()
    await clock.advance(1)
  }
  expect(told).toEqual([expect.objectContaining({ code: 'ENOSPC' })])
})

test('what could not be written is left out with a word as soon as the file takes more', async () => {
  const told: unknown[] = []
  const clock = virtualClock()
  const path = await aPath()
  await mkdir(path, { recursive: true })
  const file = openLog(path, { clock, onFailed: (error) => told.push(error) })
  file.write(Buffer.from('one\n'))
  await file.close()
  await rm(path, { recursive: true })
  file.write(Buffer.from('two, not tried\n'))
  await file.close()
  await clock.advance(30_000)
  file.write(Buffer.from('three\n'))
  await file.close()
  expect(await readFile(path, 'utf8')).toBe(
    '\n[comfy-init] 19 bytes are left out here: the disk took no more.\nthree\n',
  )
  await rm(path)
  await mkdir(path)
  await clock.advance(1000)
  file.write(Buffer.from('four\n'))
  await file.close()
  expect(told).toMatchObject([{ code: 'EISDIR' }, { code: 'EISDIR' }])
})

test('a disk that is too slow costs lines of the file, which it says, and no memory', async () => {
  const path = await aPath()
  const file = openLog(path, { mostWaitingBytes: 10 })
  for (const line of ['12345\n', '12345\n', '12345\n', '1234567\n']) file.write(Buffer.from(line))
  await file.close()
  const text = await readFile(path, 'utf8')
  expect(text).toContain('12345\n')
  expect(text).toMatch(/\[comfy-init\] 14 bytes are left out here/)
})
