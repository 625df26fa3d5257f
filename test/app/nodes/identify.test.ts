import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { identify, originIn, projectIn } from '../../../src/app/nodes/identify.ts'
import { realHost } from '../../../src/host/host.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const { fs } = realHost()
const COMMIT = 'a1b2c3d4'.repeat(5)

test('a repository is known by its address and commit, without git', async () => {
  const path = await aRepository('https://github.com/a/pack')
  await writeFile(`${path}/.git/HEAD`, 'ref: refs/heads/main\n')
  await mkdir(`${path}/.git/refs/heads`, { recursive: true })
  await writeFile(`${path}/.git/refs/heads/main`, `${COMMIT}\n`)
  expect(await identify(fs, { folder: 'pack', path, linkTarget: undefined })).toEqual({
    locked: {
      folder: 'pack',
      source: { kind: 'git', url: 'https://github.com/a/pack', ref: undefined },
      commit: COMMIT,
    },
  })
  await writeFile(`${path}/.git/HEAD`, 'ref: refs/heads/next\n')
  await writeFile(`${path}/.git/refs/heads/next`, `${COMMIT}\n`)
  expect(await identify(fs, { folder: 'pack', path, linkTarget: undefined })).toMatchObject({
    locked: { source: { ref: 'next' } },
  })
})

test('an install of the registry is known by its marks', async () => {
  const path = await tempFolder()
  await writeFile(`${path}/.tracking`, '__init__.py\n')
  await writeFile(`${path}/pyproject.toml`, '[project]\nname = "My-Pack"\nversion = "1.2.3"\n[tool.comfy]\n')
  expect(await identify(fs, { folder: 'My-Pack', path, linkTarget: undefined })).toEqual({
    locked: {
      folder: 'My-Pack',
      source: { kind: 'registry', id: 'my-pack', version: undefined },
      version: '1.2.3',
    },
  })
})

test('a link is known by where it leads', async () => {
  const work = await tempFolder()
  const nodes = await tempFolder()
  await symlink(work, `${nodes}/mine`)
  expect(await identify(fs, { folder: 'mine', path: `${nodes}/mine`, linkTarget: work })).toEqual({
    locked: { folder: 'mine', source: { kind: 'path', path: work } },
  })
})

test.each([
  ['nothing of the kind', async () => {}, 'has neither a git folder nor the marks of the registry'],
  [
    'a repository without an address',
    async (path: string) => {
      await mkdir(`${path}/.git`)
      await writeFile(`${path}/.git/HEAD`, COMMIT)
      await writeFile(`${path}/.git/config`, '[core]\n')
    },
    'is a git repository without an address to get it from',
  ],
  [
    'a repository without a commit',
    async (path: string) => {
      await mkdir(`${path}/.git`)
      await writeFile(`${path}/.git/config`, '[remote "origin"]\n\turl = https://a/b\n')
    },
    'has a git folder without a commit',
  ],
])('%s cannot be told, and why is said', async (_, prepare, unknown) => {
  const path = await tempFolder()
  await prepare(path)
  expect(await identify(fs, { folder: 'x', path, linkTarget: undefined })).toEqual({ unknown })
})

test.each([
  ['\turl = https://user:token@host/a/b.git', 'https://host/a/b.git'],
  ['\turl = https://git.example/o/r.git?private_token=hunter2', 'https://git.example/o/r.git'],
  ['\turl = ssh://git:hunter2@git.example/o/r.git', 'ssh://git@git.example/o/r.git'],
  ['\turl = https://u:hunt/er2@git.example/o/r.git', 'https://git.example/o/r.git'],
  ['\turl = git@github.com:a/b.git', 'ssh://git@github.com/a/b.git'],
  ['\tfetch = +refs/heads/*:refs/remotes/origin/*\n\turl = file:///srv/b', 'file:///srv/b'],
  ['\tfetch = +refs/heads/*:refs/remotes/origin/*', undefined],
])('the address in %j is %j, without a token', (line, address) => {
  const config = `[core]\n\turl = no\n[remote "origin"]\n${line}\n[branch "main"]\n\turl = no\n`
  expect(originIn(config)).toBe(address)
})

test('only the project’s own name and version count', () => {
  expect(projectIn('[tool.x]\nname = "no"\n[project]\nversion = "1"\n[other]\nname = "no"\n')).toEqual({
    name: undefined,
    version: '1',
  })
})

async function aRepository(url: string): Promise<string> {
  const path = await tempFolder()
  await mkdir(`${path}/.git`)
  await writeFile(`${path}/.git/config`, `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n`)
  return path
}
