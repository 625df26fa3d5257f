import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { secret } from '../../../../src/base/secret.ts'
import type { Host } from '../../../../src/host/host.ts'
import { gitIn, makeRepository } from '../../../support/git-repository.ts'
import { gitServer } from '../../../support/git-server.ts'
import { checkoutWorld, fromGitAt, quickHost } from './world.ts'

test('a node is got without its history, on the branch that its server names, and can be updated by hand', async () => {
  const { get, customNodes, record, repository, url, server } = await world()
  expect(await get([{ folder: 'a', source: fromGitAt(url) }])).toBe('done')
  const at = `${customNodes}/a`
  expect(await readdir(customNodes)).toEqual(['a'])
  expect(gitIn(at, 'rev-list', '--count', 'HEAD')).toBe('1')
  expect(gitIn(at, 'status', '--porcelain', '--branch')).toBe('## main...origin/main')
  expect(gitIn(at, 'remote', 'get-url', 'origin')).toBe(url)
  expect((await record('a'))?.failure).toBeUndefined()
  expect(await record('a')).toMatchObject({
    locked: { folder: 'a', commit: repository.head(), tree: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  // Capabilities, refs, objects: no more round trips than that.
  expect(server.requests()).toHaveLength(3)
})

test.each(['side/branch', 'v1', 'first', 'short', 'refs/heads/side/branch'] as const)(
  'a node is got at a branch, a tag or a commit: %s',
  async (kind) => {
    const { get, read, customNodes, url, first } = await world()
    const ref = kind === 'first' ? first : kind === 'short' ? first.slice(0, 9) : kind
    await get([{ folder: 'a', source: fromGitAt(url, ref) }])
    expect(await read('a/__init__.py')).toBe('version = 1\n')
    const branch = gitIn(`${customNodes}/a`, 'branch', '--show-current')
    expect(branch).toBe(kind === 'side/branch' ? 'side/branch' : '')
    expect(gitIn(`${customNodes}/a`, 'config', 'remote.origin.fetch')).toBe(
      '+refs/heads/*:refs/remotes/origin/*',
    )
  },
)

test('a locked commit comes out exactly, in two round trips, whatever its branch has become', async () => {
  const { get, read, record, url, first, server } = await world()
  const source = fromGitAt(url, 'main')
  await get([{ folder: 'a', source, locked: { folder: 'a', source, commit: first } }])
  expect(await read('a/__init__.py')).toBe('version = 1\n')
  expect((await record('a'))?.locked?.commit).toBe(first)
  expect(server.requests()).toHaveLength(2)
})

test('a commit that is gone, or a branch that is not there, is named and not asked for again', async () => {
  const { get, problem, repository, url, customNodes } = await world()
  const gone = repository.commit({ 'x.py': '' })
  repository.forgetAfter(`${repository.head()}~1`)
  const source = fromGitAt(url)
  await get([
    { folder: 'a', source, locked: { folder: 'a', source, commit: gone } },
    { folder: 'b', source: fromGitAt(url, 'nowhere') },
    { folder: 'c', source: fromGitAt(url, 'abcdef123') },
  ])
  for (const [folder, ref] of [
    ['a', gone],
    ['b', 'nowhere'],
    ['c', 'abcdef123'],
  ] as const)
    expect(await problem(folder)).toMatchObject({
      ...{ code: 'NODE_REF_ABSENT', temporary: false, level: 'warning' },
      what: `Cannot get the node ${folder} at ${ref}.`,
    })
  expect(await readdir(customNodes)).toEqual([])
})

test('a server that is overloaded is asked again; one that stays away is a temporary problem', async () => {
  const { get, problem, record, url, server } = await world()
  server.refuse(2, 503)
  await get([{ folder: 'a', source: fromGitAt(url) }])
  expect((await record('a'))?.failure).toBeUndefined()
  server.refuse(100, 503)
  server.forget()
  const others = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm']
  await get(others.map((folder) => ({ folder, source: fromGitAt(url) })))
  for (const folder of others)
    expect(await problem(folder)).toMatchObject({ code: 'NODE_UNREACHABLE', temporary: true })
  // Those that come after a host was silent three times do not wait for it as long.
  expect(server.requests().length).toBeLessThanOrEqual(8 * 3 + 4)
})

test('a repository that is not there or not for everybody is told so, and tried again by the next start', async () => {
  const { get, problem, url, server, root } = await world()
  await get([
    { folder: 'a', source: fromGitAt(`${server.url}/none.git`) },
    { folder: 'b', source: fromGitAt(`file://${root}/none.git`) },
  ])
  for (const folder of ['a', 'b'])
    expect(await problem(folder)).toMatchObject({ code: 'NODE_REFUSED', temporary: true })
  server.lock('me:hunter2')
  await get([{ folder: 'c', source: fromGitAt(url) }])
  expect(await problem('c')).toMatchObject({
    code: 'NODE_REFUSED',
    remedy: expect.stringContaining('COMFY_GIT_CREDENTIALS'),
  })
})

test('credentials go to their host alone, in no argument, no file and no message', async () => {
  const { get, record, url, server, customNodes, places } = await world()
  const other = await gitServer('/nonexistent')
  server.lock('me:hunter/2')
  const gitCredentials = secret(`${server.url.replace('//', '//me:hunter%2F2@')} https://x@other.example`)
  const seen: string[] = []
  const host = watching(seen)
  const nodes = [
    { folder: 'a', source: fromGitAt(url) },
    { folder: 'b', source: fromGitAt(`${other.url}/b.git`) },
  ]
  await get(nodes, { host, settings: { gitCredentials } })
  expect((await record('a'))?.failure).toBeUndefined()
  expect(other.credentials()).toEqual([])
  expect(other.requests()).not.toEqual([])
  const kept = gitIn(`${customNodes}/a`, 'config', '--list', '--local')
  const written = await quickHost.fs.readText(places.layout.checkoutsFile)
  for (const text of [...seen, kept, written ?? '']) expect(text).not.toMatch(/hunter|bWU6aHVudGVy/)
})

test('git is never asked for a password, sees nothing of the container, and takes only network settings of the person', async () => {
  const { get, record, places, url } = await world()
  await writeFile(
    `${places.layout.personHome}/.gitconfig`,
    '[http]\n\tsslCAInfo = /ca.pem\n\tuserAgent = me\n[url "file:///nowhere"]\n\tinsteadOf = http://127.0.0.1\n',
  )
  const environments: Readonly<Record<string, string>>[] = []
  const host: Host = {
    ...quickHost,
    env: { ...quickHost.env, HF_TOKEN: 'hf_secret', https_proxy: 'http://proxy' },
    exec: {
      ...quickHost.exec,
      run: (command) => {
        environments.push(command.env)
        return quickHost.exec.run(command)
      },
    },
  }
  await get([{ folder: 'a', source: fromGitAt(url) }], { host })
  expect((await record('a'))?.failure).toBeUndefined()
  const values = environments.slice(1).map((env) => Object.values(env))
  for (const env of environments) {
    expect(env).toMatchObject({ GIT_TERMINAL_PROMPT: '0', https_proxy: 'http://proxy' })
    expect(env).not.toHaveProperty('HF_TOKEN')
  }
  for (const texts of values) {
    expect(texts).toContain('http.sslcainfo')
    expect(texts).not.toContain('http.useragent')
  }
})

test('submodules come along, and those of a repository elsewhere cannot name files of this machine', async () => {
  const { get, read, problem, root, repository, url, server } = await world()
  const inner = makeRepository(`${root}/served`, 'inner', { 'inner.py': 'inner\n' })
  repository.addSubmodule(inner, `${server.url}/inner.git`, 'lib/inner')
  await get([{ folder: 'a', source: fromGitAt(url) }])
  expect(await read('a/lib/inner/inner.py')).toBe('inner\n')
  repository.addSubmodule(inner, `file://${inner.path}`, 'evil')
  await get([{ folder: 'b', source: fromGitAt(url) }])
  expect((await problem('b'))?.why).toMatch(/file|submodule/)
})

test('a link that leaves the node is refused, others are taken', async () => {
  const { get, read, problem, repository, url, customNodes } = await world()
  repository.commit({ 'good/link.py': '-> ../__init__.py' })
  await get([{ folder: 'a', source: fromGitAt(url) }])
  expect(await read('a/good/link.py')).toBe('version = 2\n')
  repository.commit({ 'evil.py': '-> ../../secret' })
  await get([{ folder: 'b', source: fromGitAt(url) }])
  expect(await problem('b')).toMatchObject({ code: 'NODE_LINK_LEAVES', temporary: false })
  expect(await readdir(customNodes)).toEqual(['a'])
})

test('large files of git-lfs are got where it is there, and told of where it is not', async () => {
  const { get, notes, repository, url, root, customNodes, record } = await world()
  repository.commit({ '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'a.bin': 'pointer\n' })
  await get([{ folder: 'a', source: fromGitAt(url) }])
  expect(notes).toEqual([expect.stringMatching(/^a keeps large files with git-lfs.*not installed/)])
  expect((await record('a'))?.failure).toBeUndefined()
  await mkdir(`${root}/bin`)
  const program = '#!/bin/sh\n[ "$1" != pull ] || echo large > a.bin\n'
  await writeFile(`${root}/bin/git-lfs`, program, { mode: 0o755 })
  const host = { ...quickHost, env: { ...quickHost.env, PATH: `${root}/bin:${quickHost.env.PATH}` } }
  await get([{ folder: 'b', source: fromGitAt(url) }], { host })
  expect(await quickHost.fs.readText(`${customNodes}/b/a.bin`)).toBe('large\n')
})

test('a machine without git says so, and a node that takes too long is given up', async () => {
  const { get, problem, url } = await world()
  await get([{ folder: 'a', source: fromGitAt(url) }], {
    host: { ...quickHost, env: { PATH: '/nonexistent' } },
  })
  expect(await problem('a')).toMatchObject({
    why: expect.stringContaining('git is not installed'),
    temporary: true,
  })
  await get([{ folder: 'b', source: fromGitAt(url) }], { settings: { nodeTimeoutMs: 5 } })
  expect(await problem('b')).toMatchObject({ code: 'NODE_UNREACHABLE' })
})

test('an aborted start ends at once and writes no blame', async () => {
  const { get, record, url } = await world()
  const stop = new AbortController()
  const host: Host = {
    ...quickHost,
    exec: {
      ...quickHost.exec,
      run: (command) => {
        stop.abort(new Error('stopped'))
        return quickHost.exec.run(command)
      },
    },
  }
  await expect(
    get([{ folder: 'a', source: fromGitAt(url) }], { host, signal: stop.signal }),
  ).rejects.toThrow()
  expect(await record('a')).toBeUndefined()
})

function watching(seen: string[]): Host {
  return {
    ...quickHost,
    exec: {
      ...quickHost.exec,
      run: async (command) => {
        seen.push([command.file, ...command.args].join(' '))
        const finished = await quickHost.exec.run(command)
        return finished
      },
    },
  }
}

async function world() {
  const checkout = await checkoutWorld()
  const served = `${checkout.root}/served`
  await mkdir(served)
  const repository = makeRepository(served, 'my-node', { '__init__.py': 'version = 1\n' })
  const first = repository.head()
  repository.commit({}, { branch: 'side/branch', tag: 'v1' })
  repository.commit({ '__init__.py': 'version = 2\n' })
  const server = await gitServer(served)
  return { ...checkout, repository, first, server, url: `${server.url}/my-node.git` }
}
