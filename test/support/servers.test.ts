import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PYTHON_TOOLS } from '../../scripts/python-tools.ts'
import { gitIn, makeRepository } from './git-repository.ts'
import { gitServer } from './git-server.ts'
import { nodeRegistry } from './node-registry.ts'
import { packageIndex } from './package-index.ts'
import { tempFolder } from './temp-folder.ts'
import { wheel } from './wheel.ts'
import { zip } from './zip.ts'

test('a repository is cloned over HTTP without its history, with its submodule, and by its commit', async () => {
  const folder = await tempFolder()
  const server = await gitServer(folder)
  const inner = makeRepository(folder, 'inner', { 'inner.txt': 'inside' })
  const outer = makeRepository(folder, 'outer', { 'a.txt': 'one' })
  const first = outer.head()
  outer.addSubmodule(inner, `${server.url}/inner.git`, 'part')
  const [shallow, exact] = [await tempFolder(), await tempFolder()]

  await run('git', 'clone', '--depth=1', '--recurse-submodules', `${server.url}/outer.git`, shallow)
  gitIn(exact, 'init', '--quiet')
  await run('git', '-C', exact, 'fetch', '--depth=1', `${server.url}/outer.git`, first)

  expect(readFileSync(`${shallow}/part/inner.txt`, 'utf8')).toBe('inside')
  expect(gitIn(shallow, 'rev-list', '--count', 'HEAD')).toBe('1')
  expect(gitIn(exact, 'rev-parse', 'FETCH_HEAD')).toBe(first)
  expect(server.requests()[0]).toBe('GET /outer.git/info/refs?service=git-upload-pack')
})

test('a commit that was forgotten cannot be had, and what is locked only with its password', async () => {
  const folder = await tempFolder()
  const server = await gitServer(folder)
  const repository = makeRepository(folder, 'node', { 'a.txt': 'one' })
  const first = repository.head()
  const second = repository.commit({ 'a.txt': 'two' })
  repository.forgetAfter(first)
  const into = await tempFolder()
  gitIn(into, 'init', '--quiet')
  const fetch = (url: string, what: string) => run('git', '-C', into, 'fetch', `${url}/node.git`, what)

  const gone = await fetch(server.url, second)
  server.lock('me:secret')
  const refused = await fetch(server.url, 'main')
  const taken = await fetch(server.url.replace('//', '//me:secret@'), 'main')

  expect(gone.text).toContain('not our ref')
  expect(refused.text).toContain('could not read Username')
  expect(taken.code).toBe(0)
  expect(server.credentials()).toContain('me:secret')
})

test.each([
  ['uv', [`${PYTHON_TOOLS}/bin/uv`, 'pip', 'install', '--no-cache', '--python', '/usr/bin/python3']],
  [
    'pip',
    ['env', `PYTHONPATH=${PYTHON_TOOLS}`, '/usr/bin/python3', '-m', 'pip', 'install', '--no-cache-dir'],
  ],
])('%s installs a wheel of the index with what it requires', async (_, [file = '', ...args]) => {
  const index = await packageIndex(
    wheel({ name: 'outer-part', version: '1.0', requires: ['inner.part>=2'] }),
    wheel({ name: 'inner.part', version: '1.0' }),
    wheel({ name: 'inner.part', version: '2.1' }),
    wheel({ name: 'inner.part', version: '9.0', requiresPython: '>=3.99' }),
  )
  const into = await tempFolder()
  const env = Object.entries(index.env).map(([name, value]) => `${name}=${value}`)

  const { code, text } = await run('env', ...env, file, ...args, '--target', into, 'outer-part')

  expect(code, text).toBe(0)
  expect(readFileSync(`${into}/inner_part/__init__.py`, 'utf8')).toBe('__version__ = "2.1"\n')
  expect(index.requests()).toContain('GET /simple/inner-part/')
})

test('a registry tells where a version is, goes on after a cut, and gives what it was told to', async () => {
  const archive = zip([{ name: 'a.txt', data: 'x'.repeat(10) }])
  const registry = await nodeRegistry({ id: 'spots', version: '1.0.0', zip: archive })
  registry.publish({ id: 'spots', version: '1.1.0', zip: zip([]) })
  const ask = async (path: string) => JSON.parse(await (await fetch(registry.url + path)).text())
  const { downloadUrl } = await ask('/nodes/spots/install?version=1.0.0')
  registry.behave({ cut: { afterBytes: 7, times: 1 } })

  const cut = await fetch(downloadUrl)
  await expect(cut.arrayBuffer()).rejects.toThrow()
  const rest = await fetch(downloadUrl, { headers: { range: 'bytes=7-' } })
  const bytes = Buffer.from(await rest.arrayBuffer())

  expect((await ask('/nodes/spots/install')).version).toBe('1.1.0')
  expect((await fetch(`${registry.url}/nodes/dots/install`)).status).toBe(404)
  expect(rest.status).toBe(206)
  expect(rest.headers.get('etag')).toBe(cut.headers.get('etag'))
  expect(Buffer.concat([archive.subarray(0, 7), bytes])).toEqual(archive)
})

test('a host that has gone away answers nobody until it is back', async () => {
  const registry = await nodeRegistry({ id: 'spots', version: '1.0.0', zip: zip([]) })
  registry.goAway()

  await expect(fetch(`${registry.url}/nodes/spots`)).rejects.toThrow()
  registry.comeBack()

  expect((await fetch(`${registry.url}/nodes/spots`)).status).toBe(200)
})

/** Runs a program while the servers of this process go on. */
async function run(file: string, ...args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_TERMINAL_PROMPT: '0' }
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk
    })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })))
}
