import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { layoutOf, type Places } from '../../../src/base/layout.ts'
import { Problem } from '../../../src/base/problem.ts'
import { cloneNode } from '../../../src/features/nodes/clone-node.ts'
import { linkNodes } from '../../../src/features/nodes/link-nodes.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const host = realHost()

test('a node is cloned without its history, and not again', async () => {
  const { url, places } = await world()
  const step = cloneNode({ name: 'my-node', url, ref: undefined }, places)
  expect(await applied(step)).toBe('done')
  expect(await readdir(places.customNodes)).toEqual(['my-node'])
  expect(await readFile(`${places.customNodes}/my-node/__init__.py`, 'utf8')).toBe('version = 2\n')
  expect(await git(`${places.customNodes}/my-node`, 'rev-list', '--count', 'HEAD')).toBe('1')
  expect(await applied(step)).toBe('not-needed')
})

test.each(['v1', 'side/branch', 'commit'] as const)(
  'a node is cloned at a tag, a branch or a commit: %s',
  async (kind) => {
    const { url, places, firstCommit } = await world()
    const ref = kind === 'commit' ? firstCommit : kind
    expect(await applied(cloneNode({ name: 'my-node', url, ref }, places))).toBe('done')
    expect(await readFile(`${places.customNodes}/my-node/__init__.py`, 'utf8')).toBe('version = 1\n')
  },
)

test('a node that is there in other letters, or switched off, is not cloned', async () => {
  const { url, places } = await world()
  await mkdir(`${places.customNodes}/My-Node`)
  expect(await applied(cloneNode({ name: 'my-node', url, ref: undefined }, places))).toBe('not-needed')
  await mkdir(`${places.customNodes}/other.disabled`)
  expect(await applied(cloneNode({ name: 'other', url, ref: undefined }, places))).toBe('not-needed')
})

test('a half clone of an earlier boot is removed', async () => {
  const { url, places } = await world()
  await mkdir(`${places.customNodes}/.comfy-init-my-node.disabled`)
  await writeFile(`${places.customNodes}/.comfy-init-my-node.disabled/half`, '')
  expect(await applied(cloneNode({ name: 'my-node', url, ref: undefined }, places))).toBe('done')
  expect(await readdir(places.customNodes)).toEqual(['my-node'])
})

test('a repository that is not there is a problem with git’s own reason, and leaves nothing', async () => {
  const { places, root } = await world()
  const url = `file://${root}/absent.git`
  const problem = await applied(cloneNode({ name: 'my-node', url, ref: undefined }, places)).catch(
    (error) => error,
  )
  expect(problem).toBeInstanceOf(Problem)
  expect(problem.in('docker').why).toMatch(/^file:.*absent\.git: .*(not exist|not found|not appear)/)
  expect(problem.level).toBe('warning')
  expect(await readdir(places.customNodes)).toEqual([])
})

test('a branch that is not there is named', async () => {
  const { url, places } = await world()
  const problem = await applied(cloneNode({ name: 'my-node', url, ref: 'nowhere' }, places)).catch(
    (error) => error,
  )
  expect(problem.in('docker').why).toContain('nowhere')
})

test('a password in an address is not shown, and git is never asked for one', async () => {
  const { places } = await world()
  const asked: string[] = []
  const refusing: Host = {
    ...host,
    exec: {
      ...host.exec,
      run: async (command) => {
        expect(command.env).toMatchObject({ GIT_TERMINAL_PROMPT: '0', HOME: places.layout.personHome })
        expect(command.env).not.toHaveProperty('HF_TOKEN')
        asked.push(command.file)
        return {
          ...{ code: 128, signal: null, stdout: '', timedOut: false, missing: false },
          stderr: 'remote: no\nfatal: Authentication failed for https://me:hunter2@host/a/b.\n',
        }
      },
    },
    env: { PATH: '/bin', HF_TOKEN: 'hf_secret' },
  }
  const node = { name: 'b', url: 'https://me:hunter2@host/a/b', ref: undefined }
  const problem = await applied(cloneNode(node, places), refusing).catch((error) => error)
  expect(asked).toEqual(['git'])
  expect(JSON.stringify(problem)).not.toContain('hunter2')
  expect(problem.in('docker').why).toContain('Authentication failed for https://***@host/a/b.')
})

test('a machine without git says so', async () => {
  const { url, places } = await world()
  const without: Host = { ...host, env: { PATH: '/nonexistent' } }
  const problem = await applied(cloneNode({ name: 'my-node', url, ref: undefined }, places), without).catch(
    (error) => error,
  )
  expect(problem.in('docker').why).toContain('git is not installed')
})

test('the image’s nodes are linked, a stale link is removed, and what came meanwhile is left alone', async () => {
  const { root, places } = await world()
  const { customNodes } = places
  for (const name of ['a', 'b']) await mkdir(`${root}/image/${name}`, { recursive: true })
  await mkdir(`${customNodes}/B`)
  await symlink('/opt/gone/./old', `${customNodes}/old`)
  await symlink('/opt/theirs', `${customNodes}/theirs`)
  const make = ['a', 'b'].map((name) => ({ name, target: `${root}/image/./${name}` }))
  const step = linkNodes(customNodes, { make, remove: [`${customNodes}/old`, `${customNodes}/theirs`] })
  expect(await applied(step)).toBe('done')
  expect((await readdir(customNodes)).sort()).toEqual(['B', 'a', 'theirs'])
  expect((await stat(`${customNodes}/a`)).isDirectory()).toBe(true)
  expect(await applied(step)).toBe('not-needed')
})

async function world() {
  const root = await tempFolder()
  const layout = layoutOf(`${root}/workspace`)
  const base = layout.home
  const places: Places = {
    ...{ mode: 'move', reason: 'a test', code: base, base, layout },
    customNodes: `${base}/custom_nodes`,
    models: `${base}/models`,
    copies: false,
  }
  await mkdir(places.customNodes, { recursive: true })
  await mkdir(layout.personHome, { recursive: true })
  return { root, places, url: `file://${root}/my-node.git`, firstCommit: await makeRepository(root) }
}

async function makeRepository(root: string): Promise<string> {
  const source = `${root}/source`
  await mkdir(source)
  await git(source, 'init', '--quiet', '--initial-branch=main')
  await writeFile(`${source}/__init__.py`, 'version = 1\n')
  await commit(source, 'one')
  await git(source, 'tag', 'v1')
  await git(source, 'branch', 'side/branch')
  const first = await git(source, 'rev-parse', 'HEAD')
  await writeFile(`${source}/__init__.py`, 'version = 2\n')
  await commit(source, 'two')
  await git(root, 'clone', '--quiet', '--bare', source, `${root}/my-node.git`)
  return first
}

async function commit(source: string, message: string): Promise<void> {
  await git(source, 'add', '--all')
  await git(
    source,
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.org',
    'commit',
    '--quiet',
    '-m',
    message,
  )
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = { PATH: host.env.PATH ?? '', HOME: cwd }
  const { code, stdout, stderr } = await host.exec.run({ file: 'git', args, env, cwd, timeoutMs: 20_000 })
  expect(stderr, args.join(' ')).toBe('')
  expect(code).toBe(0)
  return stdout.trim()
}

function applied(step: ReturnType<typeof cloneNode>, by: Host = host) {
  return step.apply(by, () => {}, new AbortController().signal)
}
