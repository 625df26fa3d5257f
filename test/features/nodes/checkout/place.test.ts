import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseLock } from '../../../../src/features/nodes/lock/parse-lock.ts'
import type { Host } from '../../../../src/host/host.ts'
import { gitIn } from '../../../support/git-repository.ts'
import { zip } from '../../../support/zip.ts'
import { gitWorld, put } from './git-world.ts'
import { fromGitAt, quickHost } from './world.ts'

test('many nodes are got at once, each is written down, and one that fails takes no other with it', async () => {
  const world = await gitWorld()
  const { get, record, customNodes, places, source } = world
  const folders = Array.from({ length: 12 }, (_, at) => `node-${at}`)
  const bad = { folder: 'bad', source: fromGitAt(`file://${world.root}/none.git`) }
  expect(await get([bad, ...folders.map((folder) => ({ folder, source }))])).toBe('done')
  expect((await readdir(customNodes)).sort()).toEqual(folders.toSorted())
  for (const folder of folders) expect((await record(folder))?.failure).toBeUndefined()
  expect((await record('bad'))?.failure?.code).toBe('NODE_REFUSED')
  const read = parseLock(await readFile(places.layout.nodesLock, 'utf8'), 'lock')
  expect('lock' in read && read.lock.nodes.map(({ folder }) => folder)).toEqual(folders.toSorted())
})

test('what a person put there is never touched, and said what it is', async () => {
  const { get, problem, customNodes, source, root } = await gitWorld()
  await mkdir(`${customNodes}/folder`)
  await writeFile(`${customNodes}/folder/mine.py`, 'mine')
  await writeFile(`${customNodes}/file`, 'mine')
  await symlink('/nowhere/at/all', `${customNodes}/broken`)
  await symlink(root, `${customNodes}/link`)
  const names = ['folder', 'file', 'broken', 'link']
  await get(names.map((folder) => ({ folder, source })))
  for (const folder of names)
    expect(await problem(folder)).toMatchObject({ code: 'NODE_IN_THE_WAY', temporary: true })
  expect((await problem('broken'))?.why).toContain('a link to /nowhere/at/all')
  expect((await readdir(customNodes)).sort()).toEqual(names.toSorted())
  expect(await readFile(`${customNodes}/folder/mine.py`, 'utf8')).toBe('mine')
  expect(await readlink(`${customNodes}/broken`)).toBe('/nowhere/at/all')
})

test('a node that is there in other letters, or switched off, is not got beside it', async () => {
  const { get, customNodes, source } = await gitWorld()
  await mkdir(`${customNodes}/My-Node`)
  await mkdir(`${customNodes}/other.disabled`)
  expect(
    await get([
      { folder: 'my-node', source },
      { folder: 'other', source },
    ]),
  ).toBe('not-needed')
  expect((await readdir(customNodes)).sort()).toEqual(['My-Node', 'other.disabled'])
})

test('an unchanged checkout is replaced, and all that is the user’s comes over', async () => {
  const { get, read, record, customNodes, repository, source, lockedAt } = await gitWorld()
  const first = repository.head()
  await get([{ folder: 'a', source }])
  const mine = {
    'config.json': '{}',
    'ckpts/deep/model.bin': 'model',
    'lib/mine.txt': 'mine',
    'new-folder/mine.txt': 'mine too',
    'ignored.log': 'log',
  }
  for (const [path, text] of Object.entries(mine)) await put(`${customNodes}/a/${path}`, text)
  await put(`${customNodes}/a/lib/__pycache__/b.pyc`, 'compiled')
  await mkdir(`${customNodes}/a/empty`)
  const second = repository.commit({
    '__init__.py': 'version = 2\n',
    'lib/b.py': undefined,
    'lib/c.py': 'c\n',
    'new-folder/theirs.txt': 'theirs\n',
  })
  await get([{ folder: 'a', source, locked: lockedAt(second) }])
  expect(await read('a/__init__.py')).toBe('version = 2\n')
  for (const [path, text] of Object.entries(mine)) expect(await read(`a/${path}`)).toBe(text)
  expect(await readdir(`${customNodes}/a/lib`)).toEqual(['c.py', 'mine.txt'])
  expect(await readdir(`${customNodes}/a`)).toContain('empty')
  expect(await readdir(customNodes)).toEqual(['a'])
  expect(gitIn(`${customNodes}/a`, 'status', '--porcelain', '--untracked-files=no')).toBe('')
  expect((await record('a'))?.locked?.commit).toBe(second)
  await get([{ folder: 'a', source, locked: lockedAt(first) }])
  expect(await read('a/__init__.py')).toBe('version = 1\n')
  for (const [path, text] of Object.entries(mine)) expect(await read(`a/${path}`)).toBe(text)
})

test.each<[string, (at: string) => Promise<unknown>]>([
  ['a file that was edited', (at) => writeFile(`${at}/__init__.py`, 'mine\n')],
  ['a file that was removed', (at) => rm(`${at}/lib/b.py`)],
  ['a commit of one’s own', async (at) => gitIn(at, 'commit', '--quiet', '--allow-empty', '-m', 'mine')],
  ['a stash', (at) => changed(at, 'stash')],
  ['a commit on a branch of one’s own', (at) => changed(at, 'commit', '--quiet', '--all', '-m', 'mine')],
  [
    'a file that git was told not to look at',
    (at) => changed(at, 'update-index', '--assume-unchanged', 'lib/b.py'),
  ],
  ['a file that git passes over', (at) => changed(at, 'update-index', '--skip-worktree', 'lib/b.py')],
  ['a file that what comes would overwrite', (at) => writeFile(`${at}/coming.py`, 'mine\n')],
  ['a folder where a file comes', (at) => put(`${at}/coming.py/mine.txt`, 'mine\n')],
  ['a repository that git cannot read', (at) => rm(`${at}/.git/objects`, { recursive: true })],
])('a checkout with %s stays as it is, which is a lasting problem', async (_, change) => {
  const { get, problem, record, customNodes, repository, source, lockedAt } = await gitWorld()
  await get([{ folder: 'a', source }])
  const before = (await record('a'))?.locked
  await change(`${customNodes}/a`)
  const listed = await readdir(`${customNodes}/a`)
  const next = repository.commit({ '__init__.py': 'version = 2\n', 'coming.py': 'theirs\n' })
  await get([{ folder: 'a', source, locked: lockedAt(next) }])
  expect(await problem('a')).toMatchObject({ code: 'NODE_CHANGED_LOCALLY', temporary: false })
  expect((await record('a'))?.locked).toEqual(before)
  expect(await readdir(`${customNodes}/a`)).toEqual(listed)
  expect(await readdir(customNodes)).toEqual(['a'])
})

test('an unpacked archive is replaced while its own files are unchanged, and what was added comes over', async () => {
  const { get, read, problem, customNodes, root } = await gitWorld()
  const archive = async (version: number) => {
    const bytes = zip([
      { name: 'top/__init__.py', data: `version = ${version}\n` },
      { name: 'top/lib/a.py', data: 'a' },
    ])
    await writeFile(`${root}/${version}.zip`, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { kind: 'zip', url: `file://${root}/${version}.zip`, sha256 } as const
  }
  await get([{ folder: 'z', source: await archive(1) }])
  await put(`${customNodes}/z/config.json`, 'mine')
  await put(`${customNodes}/z/lib/__pycache__/a.pyc`, '')
  await put(`${customNodes}/z/lib/mine.pyc`, 'mine')
  await get([{ folder: 'z', source: await archive(2) }])
  expect(await read('z/__init__.py')).toBe('version = 2\n')
  expect(await read('z/config.json')).toBe('mine')
  expect(await read('z/lib/mine.pyc')).toBe('mine')
  gitIn(`${customNodes}/z`, 'init', '--quiet')
  await get([{ folder: 'z', source: await archive(3) }])
  expect((await problem('z'))?.why).toContain('a git folder of its own')
  await rm(`${customNodes}/z/.git`, { recursive: true })
  await put(`${customNodes}/z/lib/a.py`, 'mine')
  await get([{ folder: 'z', source: await archive(4) }])
  expect(await problem('z')).toMatchObject({ code: 'NODE_CHANGED_LOCALLY' })
  expect(await read('z/__init__.py')).toBe('version = 2\n')
  expect(await read('z/lib/a.py')).toBe('mine')
})

test('a failed replacement leaves the old checkout in its place, and says so of what is there', async () => {
  const { get, read, record, problem, source, root } = await gitWorld()
  await get([{ folder: 'a', source }])
  const before = await record('a')
  await get([{ folder: 'a', source: fromGitAt(`file://${root}/none.git`) }])
  expect(await problem('a')).toMatchObject({ code: 'NODE_REFUSED' })
  expect((await record('a'))?.locked).toEqual(before?.locked)
  expect(await read('a/__init__.py')).toBe('version = 1\n')
})

test('a checkout whose record was lost is known by its own marker', async () => {
  const { get, record, source, places, customNodes } = await gitWorld()
  await get([{ folder: 'a', source }])
  const before = await record('a')
  await rm(places.layout.checkoutsFile)
  const host = withoutNetwork()
  await get([{ folder: 'a', source }], { host })
  expect((await record('a'))?.locked).toEqual(before?.locked)
  expect(await readdir(customNodes)).toEqual(['a'])
})

test('what a start that was cut left half done is removed', async () => {
  const { get, read, customNodes, source } = await gitWorld()
  await put(`${customNodes}/.comfy-init-a.disabled/.git/HEAD`, 'ref: half')
  await put(`${customNodes}/.comfy-init-a~gone.disabled/half.py`, '')
  await get([{ folder: 'a', source }])
  expect(await read('a/__init__.py')).toBe('version = 1\n')
  expect(await readdir(customNodes)).toEqual(['a'])
})

test('a full disk fails the node it came to, leaves nothing of it, and the others go on', async () => {
  const { get, record, problem, source, customNodes } = await gitWorld()
  const sync: Host['fs']['sync'] = async (path, signal) => {
    if (path === customNodes || path.endsWith('/.comfy-init-b.disabled'))
      throw Object.assign(new Error('full'), { code: 'ENOSPC', path })
    return quickHost.fs.sync(path, signal)
  }
  const host = { ...quickHost, fs: { ...quickHost.fs, sync } }
  await get(
    [
      { folder: 'a', source },
      { folder: 'b', source },
      { folder: 'c', source },
    ],
    { host },
  )
  expect(await problem('b')).toMatchObject({
    ...{ code: 'NODE_NOT_WRITTEN', temporary: true },
    why: expect.stringContaining('ENOSPC'),
  })
  expect((await record('c'))?.failure).toBeUndefined()
  expect((await readdir(customNodes)).sort()).toEqual(['a', 'c'])
})

test('a lock that cannot be understood is left as it is', async () => {
  const { get, record, source, places } = await gitWorld()
  await writeFile(places.layout.nodesLock, '<<<<<<< mine\n')
  await get([{ folder: 'a', source }])
  expect((await record('a'))?.failure).toBeUndefined()
  expect(await readFile(places.layout.nodesLock, 'utf8')).toBe('<<<<<<< mine\n')
})

function withoutNetwork(): Host {
  const run: Host['exec']['run'] = async ({ args }) => {
    throw new Error(`Somebody ran git ${args.join(' ')}.`)
  }
  return { ...quickHost, exec: { ...quickHost.exec, run } }
}

// A file that is edited, and what git is told to do with it on a branch of its own; afterwards all looks as it was.
async function changed(at: string, ...args: readonly string[]): Promise<void> {
  gitIn(at, 'switch', '--quiet', '--create', 'mine')
  await writeFile(`${at}/lib/b.py`, 'mine\n')
  gitIn(at, ...args)
  gitIn(at, 'switch', '--quiet', 'main')
}
