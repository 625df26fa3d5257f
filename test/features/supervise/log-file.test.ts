import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openLogFile } from '../../../src/features/supervise/log-file.ts'
import { realFs } from '../../../src/host/fs.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const NEVER = () => expect.unreachable('writing must not fail')

test('a full file is moved on, and only three are kept', async () => {
  const path = `${await tempFolder()}/logs/comfyui.log`
  for (const word of ['first', 'second', 'third', 'fourth']) {
    const file = openLogFile(realFs(), path, { mostBytes: 8, onFailed: NEVER })
    file.write(Buffer.from(`${word}\n`))
    await file.close()
  }
  const texts = await Promise.all([path, `${path}.1`, `${path}.2`].map((each) => readFile(each, 'utf8')))
  expect(texts).toEqual(['fourth\n', 'third\n', 'second\n'])
  await expect(readFile(`${path}.3`)).rejects.toThrow('ENOENT')
})

test('a file that is there is continued', async () => {
  const path = `${await tempFolder()}/comfyui.log`
  await writeFile(path, 'before\n')
  const file = openLogFile(realFs(), path, { onFailed: NEVER })
  file.write(Buffer.from('after\n'))
  await file.close()
  expect(await readFile(path, 'utf8')).toBe('before\nafter\n')
})

test('bytes are kept as they came, whatever they are', async () => {
  const path = `${await tempFolder()}/comfyui.log`
  const bytes = Uint8Array.from({ length: 5000 }, (_, at) => at % 256)
  const file = openLogFile(realFs(), path, { onFailed: NEVER })
  for (let at = 0; at < bytes.length; at += 7) file.write(bytes.subarray(at, at + 7))
  await file.close()
  expect(new Uint8Array(await readFile(path))).toEqual(bytes)
})

test('a disk without room ends the file with one word, not the service', async () => {
  const told: unknown[] = []
  const file = openLogFile(realFs(), '/dev/full', { onFailed: (error) => told.push(error) })
  file.write(Buffer.from('one\n'))
  await file.close()
  file.write(Buffer.from('two\n'))
  await file.close()
  expect(told).toEqual([expect.objectContaining({ code: 'ENOSPC' })])
})

test('a disk that is too slow costs lines of the file, which it says, and no memory', async () => {
  const path = `${await tempFolder()}/comfyui.log`
  const file = openLogFile(realFs(), path, { mostWaitingBytes: 10, onFailed: NEVER })
  for (const line of ['12345\n', '12345\n', '12345\n', '1234567\n']) file.write(Buffer.from(line))
  await file.close()
  const text = await readFile(path, 'utf8')
  expect(text).toContain('12345\n')
  expect(text).toMatch(/\[comfy-init\] 14 bytes are left out here/)
})
