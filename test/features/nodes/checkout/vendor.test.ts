import { createHash } from 'node:crypto'
import { chown, mkdir, readdir, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { vendorIn } from '../../../../src/base/node-places.ts'
import { gitIn, makeRepository } from '../../../support/git-repository.ts'
import { zip } from '../../../support/zip.ts'
import { type CheckoutWorld, checkoutWorld, fromGitAt } from './world.ts'

const URL_ = 'https://host.invalid/owner/my-node'
const OFFLINE = { settings: { offline: true } }

test('a vendored repository is taken without the network, on its branch, with its real address as origin', async () => {
  const world = await vendored()
  await world.get([{ folder: 'my-node', source: fromGitAt(URL_) }], OFFLINE)
  const at = `${world.customNodes}/my-node`
  expect(await world.read('my-node/__init__.py')).toBe('version = 2\n')
  expect(gitIn(at, 'remote', 'get-url', 'origin')).toBe(URL_)
  expect(gitIn(at, 'branch', '--show-current')).toBe('main')
  expect(gitIn(at, 'config', 'branch.main.merge')).toBe('refs/heads/main')
  expect(gitIn(at, 'status', '--porcelain')).toBe('')
  // Work of a user’s is what lies on a branch that the server does not have.
  expect(gitIn(at, 'rev-list', '--branches', '--not', '--remotes')).toBe('')
  expect((await world.record('my-node'))?.locked?.commit).toBe(world.repository.head())
})

test('a vendored repository of another owner is taken too', async () => {
  const world = await vendored()
  await chown(`${vendorIn(`${world.root}/vendor`).repositories}/my-node.git`, 4321, 4321)
  await world.get([{ folder: 'my-node', source: fromGitAt(URL_, 'main') }], OFFLINE)
  expect(await world.problem('my-node')).toBeUndefined()
})

test.each(['locked', 'short', 'v1'] as const)('what is wanted exactly is found in it: %s', async (kind) => {
  const world = await vendored()
  const { first } = world
  const source = fromGitAt(URL_, kind === 'locked' ? 'main' : kind === 'short' ? first.slice(0, 8) : 'v1')
  const locked = kind === 'locked' ? { folder: 'my-node', source, commit: first } : undefined
  await world.get([{ folder: 'my-node', source, locked }], OFFLINE)
  expect((await world.record('my-node'))?.locked?.commit).toBe(first)
  expect(gitIn(`${world.customNodes}/my-node`, 'branch', '--show-current')).toBe('')
})

test('what is not in it is a temporary problem while the network is not to be used', async () => {
  const world = await vendored()
  await world.get(
    [
      { folder: 'my-node', source: fromGitAt(URL_, 'nowhere') },
      { folder: 'other', source: fromGitAt(URL_) },
      { folder: 'registered', source: { kind: 'registry', id: 'registered', version: '1.0.0' } },
      {
        folder: 'zipped',
        source: { kind: 'zip', url: 'https://host.invalid/a.zip', sha256: 'a'.repeat(64) },
      },
    ],
    OFFLINE,
  )
  for (const folder of ['my-node', 'other', 'registered', 'zipped'])
    expect(await world.problem(folder)).toMatchObject({ code: 'NODE_OFFLINE', temporary: true })
  expect(await readdir(world.customNodes)).toEqual([])
})

test('vendored archives come before the network, and only with the right bytes', async () => {
  const world = await vendored()
  const bytes = zip([{ name: '__init__.py', data: 'zipped\n' }])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const url = 'https://host.invalid/a.zip'
  const { archives } = vendorIn(`${world.root}/vendor`)
  await mkdir(archives, { recursive: true })
  const registry = { kind: 'registry', id: 'reg', version: undefined } as const
  const pinned = { folder: 'reg', source: registry, version: '1.2.0', archive: { url, sha256 } }
  const nodes = [
    { folder: 'zipped', source: { kind: 'zip', url, sha256 } as const },
    { folder: 'reg', source: registry, locked: pinned },
  ]
  await writeFile(`${archives}/${sha256}.zip`, 'damaged')
  await world.get(nodes, OFFLINE)
  expect(await world.problem('zipped')).toMatchObject({ code: 'NODE_OFFLINE' })
  await writeFile(`${archives}/${sha256}.zip`, bytes)
  await world.get(nodes, OFFLINE)
  expect(await world.read('zipped/__init__.py')).toBe('zipped\n')
  expect((await world.record('reg'))?.locked).toMatchObject({ version: '1.2.0', archive: { sha256 } })
  expect(await readdir(archives)).toEqual([`${sha256}.zip`])
})

async function vendored(): Promise<
  CheckoutWorld & { readonly repository: ReturnType<typeof makeRepository>; readonly first: string }
> {
  const world = await checkoutWorld()
  const { repositories } = vendorIn(`${world.root}/vendor`)
  await mkdir(repositories, { recursive: true })
  const repository = makeRepository(repositories, 'my-node', { '__init__.py': 'version = 1\n' })
  const first = repository.head()
  repository.commit({}, { branch: 'side', tag: 'v0' })
  gitIn(repository.path, 'tag', 'v1', first)
  repository.commit({ '__init__.py': 'version = 2\n' })
  return { ...world, repository, first }
}
