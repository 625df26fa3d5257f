import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { tryOut } from '../../src/host/try-out.ts'
import { tempFolder } from '../support/temp-folder.ts'

test('trying a folder says what works and how long one change takes, and leaves nothing', async () => {
  const folder = await tempFolder()
  await mkdir(`${folder}/.comfy-init-try`)
  const found = await tryOut(folder)

  expect(found).toMatchObject({ create: undefined, rename: undefined, link: undefined })
  expect(found.operationMs).toBeGreaterThan(0)
  expect(found.operationMs).toBeLessThan(20_000)
  expect(await readdir(folder)).toEqual([])
})

test('where nothing can be made there is no time either', async () => {
  const folder = await tempFolder()
  await writeFile(`${folder}/file`, '')

  expect(await tryOut(`${folder}/file`)).toEqual({ create: 'ENOTDIR', rename: 'ENOTDIR', link: 'ENOTDIR' })
  expect((await tryOut('/proc')).create).toMatch(/^E/)
})

test('several that try one folder at the same moment do not mistake each other for an obstacle', async () => {
  const folder = await tempFolder()
  const found = await Promise.all([1, 2, 3].map(() => tryOut(folder)))

  for (const each of found)
    expect(each).toMatchObject({ create: undefined, rename: undefined, link: undefined })
})
