import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { gitIn } from '../../../support/git-repository.ts'
import { gitServer } from '../../../support/git-server.ts'
import { gitWorld, put } from './git-world.ts'
import { fromGitAt } from './world.ts'

test('a checkout that follows a branch follows it afterwards too', async () => {
  const { get, customNodes, repository, root, lockedAt } = await gitWorld()
  const server = await gitServer(`${root}/served`)
  const source = fromGitAt(`${server.url}/node.git`)
  await get([{ folder: 'a', source }])
  const next = repository.commit({ '__init__.py': 'version = 2\n' })
  server.forget()
  await get([{ folder: 'a', source, locked: { ...lockedAt(next), source } }])
  expect(gitIn(`${customNodes}/a`, 'status', '--porcelain', '--branch')).toBe('## main...origin/main')
  expect(server.requests()).toHaveLength(2)
  repository.commit({ '__init__.py': 'version = 3\n' })
  gitIn(`${customNodes}/a`, 'fetch', '--quiet', repository.path, '+refs/heads/*:refs/remotes/origin/*')
  gitIn(`${customNodes}/a`, 'merge', '--quiet', '--ff-only')
  expect(gitIn(`${customNodes}/a`, 'show', 'HEAD:__init__.py')).toBe('version = 3')
})

test.each([
  ['checkouts.json', 'folder'],
  ['nodes.lock.json', 'folder'],
  ['its folder', 'file'],
])('nodes are got where the record cannot be kept: %s is a %s', async (name, kind) => {
  const { get, read, source, places } = await gitWorld()
  const { checkoutsFile, nodesLock } = places.layout
  const path =
    { 'checkouts.json': checkoutsFile, 'nodes.lock.json': nodesLock }[name] ?? dirname(checkoutsFile)
  await (kind === 'file' ? put(path, 'mine') : mkdir(path, { recursive: true }))
  await expect(get([{ folder: 'a', source }])).rejects.toMatchObject({
    code: 'NODES_NOT_KEPT',
    details: { path },
  })
  expect(await read('a/__init__.py')).toBe('version = 1\n')
})

test('a marker of another folder or of nothing is none', async () => {
  const { get, problem, read, customNodes, source } = await gitWorld()
  await get([{ folder: 'a', source }])
  const marker = await read('a/.git/comfy-init.json')
  await put(`${customNodes}/b/.git/comfy-init.json`, marker)
  await put(`${customNodes}/c/.comfy-init.json`, marker)
  await put(`${customNodes}/d/.git/comfy-init.json`, '{"request":"x","locked":{"folder":"d","source":{}}}')
  await get(['b', 'c', 'd'].map((folder) => ({ folder, source })))
  for (const folder of ['b', 'c', 'd'])
    expect(await problem(folder)).toMatchObject({ code: 'NODE_IN_THE_WAY' })
})
