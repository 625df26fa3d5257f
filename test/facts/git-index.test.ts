import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { lookTracked, parseIndex } from '../../src/facts/git-index.ts'
import { fileHasContent, hasContent } from '../../src/facts/git-index-content.ts'
import { realFs } from '../../src/host/fs.ts'
import { tempFolder } from '../support/temp-folder.ts'

const FILES = {
  'main.py': 'print("ComfyUI")\n',
  'comfy/cli_args.py': 'parser\n',
  'comfy/cli_args_more.py': '',
  'models/loras/put_loras_here': '',
  'script.sh': '#!/bin/sh\n',
  [`deep/${'long-name/'.repeat(30)}end.txt`]: 'x'.repeat(5000),
}

test.each([
  ['2', 'sha1'],
  ['4', 'sha1'],
  ['2', 'sha256'],
  ['4', 'sha256'],
])('an index of version %s with %s ids lists what git lists', async (version, format) => {
  const { tree, git } = await aRepository(format)
  git('update-index', `--index-version=${version}`)

  expect(await listed(tree)).toEqual(asGitLists(git))
})

test('an index of version 3 says which files need not be there', async () => {
  const { tree, git } = await aRepository()
  git('update-index', '--skip-worktree', 'comfy/cli_args.py')

  expect((await readFile(`${tree}/.git/index`)).readUInt32BE(4)).toBe(3)
  expect(await listed(tree)).toEqual(asGitLists(git))
  const absent = (await lookTracked(realFs(), tree))?.filter(({ mayBeAbsent }) => mayBeAbsent)
  expect(absent?.map(({ path }) => path)).toEqual(['comfy/cli_args.py'])
})

test('modes, links, sizes and names that are not UTF-8 are read', async () => {
  const { tree, git } = await aRepository()
  await symlink('script.sh', `${tree}/run`)
  await writeFile(Buffer.concat([Buffer.from(`${tree}/n`), Buffer.from([0xff, 0x0a])]), 'odd')
  git('add', '--all')

  const tracked = await lookTracked(realFs(), tree)
  const of = (path: string) => tracked?.find((each) => each.path === path)
  expect(of('script.sh')).toMatchObject({ kind: 'file', mode: 0o755, bytes: 10 })
  expect(of('main.py')).toMatchObject({ kind: 'file', mode: 0o644 })
  expect(of('run')).toMatchObject({ kind: 'link' })
  expect(of('n%FF%0A')).toMatchObject({ bytes: 3 })
})

test('an index without a checksum is read by both kinds of ids', async () => {
  for (const format of ['sha1', 'sha256']) {
    const { tree, git } = await aRepository(format)
    const index = await readFile(`${tree}/.git/index`)
    index.fill(0, index.length - (format === 'sha1' ? 20 : 32))
    await writeFile(`${tree}/.git/index`, index)
    expect(await listed(tree)).toHaveLength(git('ls-files').trim().split('\n').length)
  }
})

test('files in a conflict are left out', async () => {
  const { tree, git } = await aRepository()
  const id = git('rev-parse', ':main.py').trim()
  execFileSync('git', ['-C', tree, 'update-index', '--index-info'], {
    input: [`0 ${'0'.repeat(40)}\tmain.py`, `100644 ${id} 1\tmain.py`, `100644 ${id} 2\tmain.py`, ''].join(
      '\n',
    ),
  })

  expect((await listed(tree))?.some((line) => line.includes('main.py'))).toBe(false)
  expect(await listed(tree)).toHaveLength(Object.keys(FILES).length - 1)
})

test('a split index is not taken for a whole one', async () => {
  const { tree, git } = await aRepository()
  git('update-index', '--split-index')

  expect(await lookTracked(realFs(), tree)).toBeUndefined()
})

test('an extension is passed over when git may pass over it, and refused otherwise', async () => {
  const { tree } = await aRepository()
  const index = (await readFile(`${tree}/.git/index`)).subarray(0, -20)
  const withExtension = (name: string) => {
    const bytes = Buffer.concat([index, Buffer.from(name), Buffer.from([0, 0, 0, 2, 7, 7])])
    return Buffer.concat([bytes, createHash('sha1').update(bytes).digest()])
  }

  expect(parseIndex(withExtension('WXYZ'))).toHaveLength(Object.keys(FILES).length)
  expect(parseIndex(withExtension('wxyz'))).toBeUndefined()
})

test('an index that promises more than it holds says nothing', () => {
  const bytes = Buffer.alloc(12 + 20)
  bytes.write('DIRC')
  bytes.writeUInt32BE(2, 4)
  bytes.writeUInt32BE(3, 8)
  expect(parseIndex(bytes)).toBeUndefined()
})

test('an index that is cut at any byte, or has one byte changed, says nothing', async () => {
  const { tree } = await aRepository()
  const index = await readFile(`${tree}/.git/index`)
  for (let length = 0; length < index.length; length += 7)
    expect(parseIndex(index.subarray(0, length))).toBeUndefined()
  for (let at = 0; at < index.length; at += 11) {
    const changed = Buffer.from(index)
    changed[at] = (changed[at] ?? 0) ^ 0x55
    expect(parseIndex(changed)).toBeUndefined()
  }
})

test('an index with any bytes and no checksum is refused or read, never an error', () => {
  for (let seed = 1; seed < 300; seed++) {
    const bytes = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * seed * 7919) % 251))
    bytes.write('DIRC')
    bytes.writeUInt32BE(2 + (seed % 3), 4)
    bytes.writeUInt32BE(seed % 5, 8)
    bytes.fill(0, 368)
    expect(() => parseIndex(bytes)).not.toThrow()
  }
})

test('without git’s folder nothing is known', async () => {
  const tree = await tempFolder()
  expect(await lookTracked(realFs(), tree)).toBeUndefined()
  await mkdir(`${tree}/.git`)
  expect(await lookTracked(realFs(), tree)).toBeUndefined()
})

test.each(['sha1', 'sha256'])('a file’s content is known by its %s id', async (format) => {
  const { tree, git } = await aRepository(format)
  const id = git('rev-parse', ':main.py').trim()

  expect(hasContent(Buffer.from(FILES['main.py']), id)).toBe(true)
  expect(hasContent(Buffer.from('print("comfyui")\n'), id)).toBe(false)
  const bytes = FILES['main.py'].length
  expect(await fileHasContent(realFs(), `${tree}/main.py`, { bytes, id })).toBe(true)
  await truncate(`${tree}/main.py`, 3)
  expect(await fileHasContent(realFs(), `${tree}/main.py`, { bytes, id })).toBe(false)
  await rm(`${tree}/main.py`)
  expect(await fileHasContent(realFs(), `${tree}/main.py`, { bytes, id })).toBe(false)
})

test('a large file is read in parts', async () => {
  const { tree, git } = await aRepository()
  const content = Buffer.alloc(2_500_000, 'comfy')
  await writeFile(`${tree}/large`, content)
  const id = git('hash-object', 'large').trim()

  expect(await fileHasContent(realFs(), `${tree}/large`, { bytes: content.length, id })).toBe(true)
})

async function listed(tree: string): Promise<readonly string[] | undefined> {
  return (await lookTracked(realFs(), tree))?.map(({ path, id }) => `${id} ${path}`)
}

function asGitLists(git: (...args: string[]) => string): readonly string[] {
  return git('ls-files', '--stage')
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\d+ (\w+) 0\t/, '$1 '))
}

async function aRepository(format = 'sha1') {
  const tree = await tempFolder()
  const git = (...args: string[]) => execFileSync('git', ['-C', tree, ...args], { encoding: 'utf8' })
  git('init', '--quiet', `--object-format=${format}`)
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(`${tree}/${name}`), { recursive: true })
    await writeFile(`${tree}/${name}`, text)
  }
  await chmod(`${tree}/script.sh`, 0o755)
  git('add', '--all')
  return { tree, git }
}
