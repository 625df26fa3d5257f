import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openLockFile } from '../../src/host/lock-file.ts'
import { tempFolder } from '../support/temp-folder.ts'

test('one of many that open a lock file at once is granted it, and the next after that one has closed it', async () => {
  const path = `${await tempFolder()}/lock`
  const files = await Promise.all(Array.from({ length: 20 }, () => openLockFile(path)))

  expect(files.filter(({ state }) => state === 'granted')).toHaveLength(1)
  expect(files.filter(({ state }) => state === 'refused')).toHaveLength(19)

  await Promise.all(files.map((file) => file.close()))
  const next = await openLockFile(path)
  expect(next.state).toBe('granted')
  await next.close()
})

test('a child of the one that holds it does not hold it too', async () => {
  const path = `${await tempFolder()}/lock`
  const file = await openLockFile(path)
  const child = promisify(execFile)('sleep', ['60'])
  child.child.once('exit', () => {})
  await file.close()

  const next = await openLockFile(path)
  child.child.kill()
  await child.catch(() => {})

  expect(next.state).toBe('granted')
  await next.close()
})

test('a text is replaced in place, a longer one by a shorter one as well', async () => {
  const path = `${await tempFolder()}/lock`
  const file = await openLockFile(path)

  await file.write('a long text')
  await file.write('short', { sync: true })

  expect(await readFile(path, 'utf8')).toBe('short')
  expect(await file.isInPlace()).toBe(true)
  await rm(path)
  expect(await file.isInPlace()).toBe(false)
  await writeFile(path, '')
  expect(await file.isInPlace()).toBe(false)
  await file.close()
})

test('what is no regular file is not taken for a lock', async () => {
  const folder = await tempFolder()
  await writeFile(`${folder}/mine`, 'mine')
  await symlink('mine', `${folder}/link`)
  await mkdir(`${folder}/folder`)
  await promisify(execFile)('mkfifo', [`${folder}/pipe`])

  await expect(openLockFile(`${folder}/link`)).rejects.toMatchObject({ code: 'ELOOP' })
  await expect(openLockFile(`${folder}/folder`)).rejects.toMatchObject({ code: 'EISDIR' })
  await expect(openLockFile(`${folder}/pipe`)).rejects.toMatchObject({ code: 'ENOTSUP' })
  expect(await readFile(`${folder}/mine`, 'utf8')).toBe('mine')
})
