import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { realFs } from '../../../src/host/fs.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const fs = realFs()

test('all entries are listed by path with kind, bits, bytes, time and target; the tree itself is not', async () => {
  const tree = await tempFolder()
  mkdirSync(`${tree}/b`, { mode: 0o750 })
  writeFileSync(`${tree}/b/file`, 'four', { mode: 0o640 })
  writeFileSync(`${tree}/b.x`, '')
  symlinkSync('/é', `${tree}/a`)
  execFileSync('mkfifo', [`${tree}/pi%pe`])
  execFileSync('touch', ['-d', '2020-01-02 03:04:05.123456789 UTC', `${tree}/b/file`])

  const found = await fs.walk(tree)

  expect(found.map(({ path, kind, bytes, target }) => ({ path, kind, bytes, target }))).toEqual([
    { path: 'a', kind: 'link', bytes: 0, target: '/%C3%A9' },
    { path: 'b', kind: 'folder', bytes: 0, target: undefined },
    { path: 'b.x', kind: 'file', bytes: 0, target: undefined },
    { path: 'b/file', kind: 'file', bytes: 4, target: undefined },
    { path: 'pi%25pe', kind: 'other', bytes: 0, target: undefined },
  ])
  expect(found.find(({ path }) => path === 'b/file')).toMatchObject({
    mode: 0o640,
    mtimeNs: 1577934245123456789n,
  })
})

test('an absent folder, a file and an empty folder hold nothing', async () => {
  const tree = await tempFolder()
  writeFileSync(`${tree}/file`, '')
  mkdirSync(`${tree}/empty`)

  for (const path of ['none', 'file', 'empty', 'file/below'])
    expect(await fs.walk(`${tree}/${path}`)).toEqual([])
})

test('links are not followed, and skipped paths are not entered', async () => {
  const tree = await tempFolder()
  mkdirSync(`${tree}/a/b`, { recursive: true })
  writeFileSync(`${tree}/a/b/c`, '')
  symlinkSync('a', `${tree}/link`)

  const found = await fs.walk(tree, { skip: ['a/b'] })

  expect(found.map(({ path }) => path)).toEqual(['a', 'link'])
})

test('a walk that was called off before it began rejects with the reason', async () => {
  const reason = new Error('enough')

  await expect(fs.walk('/usr', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})
