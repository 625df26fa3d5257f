import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { markDamage } from '../../../src/features/packages/whole.ts'
import { putPackage } from '../../support/wheel.ts'
import { lookAt, makeVenv, type PackageWorld, packageWorld, sitePackagesOf } from './package-world.ts'

const BETA = { 'requirements.txt': 'beta\n' }

function site(world: PackageWorld): string {
  return sitePackagesOf(`${world.overlay()}/bin/python`)
}

function seen(world: PackageWorld): Promise<string> {
  return world.run('-c', 'import beta, torch; print(beta.__version__, torch.__version__)')
}

test.each(['a folder', 'a file'])(
  '%s in the place of the link to the overlay in use is moved aside',
  async (kind) => {
    const world = await packageWorld()
    const sources = [world.node('first', BETA)]
    const { packages } = await world.boot(sources)
    const { current } = packages.places
    rmSync(current)
    if (kind === 'a file') writeFileSync(current, 'mine')
    else mkdirSync(`${current}/mine`, { recursive: true })
    expect((await world.boot(sources)).problems).toEqual([])
    expect(await seen(world)).toBe('2.0 2.8.0+cu128')
    expect(readdirSync(world.places.layout.setAside)).toEqual([expect.stringMatching(/^current-\d+-\d+$/)])
  },
)

test.each(['packages', 'key', 'nodeLogs', 'packageCache'])(
  'a file in the place of the folder %s is moved aside',
  async (which) => {
    const world = await packageWorld()
    const script = { ...BETA, 'install.py': 'print("done")\n' }
    const sources = [world.node('first', script)]
    const { packages } = await world.boot(sources)
    const { layout } = world.places
    const path = which === 'key' ? packages.places.folder : layout[which as 'packages']
    rmSync(packages.places.folder, { recursive: true })
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, 'mine')
    expect((await world.boot(sources)).problems).toEqual([])
    expect(await seen(world)).toBe('2.0 2.8.0+cu128')
    const [aside = ''] = readdirSync(layout.setAside)
    expect(readFileSync(`${layout.setAside}/${aside}`, 'utf8')).toBe('mine')
  },
)

test('the same packages in another folder of the image have another overlay, and what was added by hand', async () => {
  const world = await packageWorld()
  const sources = [world.node('first', BETA)]
  const before = await world.boot(sources)
  putPackage(site(world), { name: 'lost', version: '1.0' })
  const moved = await makeVenv(`${world.root}/opt/venv-b`)
  for (const name of readdirSync(sitePackagesOf(world.python)).filter((each) => !each.startsWith('pip')))
    await copy(`${sitePackagesOf(world.python)}/${name}`, `${sitePackagesOf(moved)}/${name}`)
  rmSync(`${world.root}/opt/venv`, { recursive: true })
  const after = await world.bootWith(moved, sources)
  expect(after.packages.identity).toEqual(before.packages.identity)
  expect(after.packages.key).not.toBe(before.packages.key)
  expect(after.packages.current?.path).not.toBe(before.packages.current?.path)
  expect(after.packages.current?.record.packages.map(({ name }) => name)).toEqual(['beta', 'lost'])
})

test('a record of a newer version with a failure that nobody here knows is made again', async () => {
  const world = await packageWorld()
  const sources = [world.node('first', BETA)]
  const { packages } = await world.boot(sources)
  const file = `${world.overlay()}/comfy-init.json`
  const record = JSON.parse(readFileSync(file, 'utf8'))
  const failure = { code: 'OF_A_NEWER_VERSION', details: {}, temporary: false }
  record.nodes.first.failure = failure
  writeFileSync(file, JSON.stringify(record))
  writeFileSync(packages.places.failed, JSON.stringify({ asked: record.asked, failure, atMs: 1 }))
  const again = await world.boot(sources)
  expect(again).toMatchObject({ steps: 1, problems: [], packages: { failed: undefined } })
})

test('an overlay whose packages were removed is made again by the next boot, with what was added by hand', async () => {
  const world = await packageWorld()
  const sources = [world.node('first', BETA)]
  await world.boot(sources)
  putPackage(site(world), { name: 'lost', version: '1.0' })
  for (const name of readdirSync(site(world)).filter((each) => each.startsWith('beta')))
    rmSync(`${site(world)}/${name}`, { recursive: true })
  const again = await world.boot(sources)
  expect(again).toMatchObject({ steps: 1, problems: [] })
  expect(await world.run('-c', 'import beta, lost; print(beta.__version__)')).toBe('2.0')
})

test('an overlay that lacks modules is marked as damaged, and made again with what was added by hand also when the index is away at first', async () => {
  const world = await packageWorld()
  const sources = [world.node('first', BETA)]
  const { packages } = await world.boot(sources)
  if (packages.current === undefined) throw new Error('There is no overlay.')
  expect(await markDamage(world.host, packages.current)).toEqual([])
  putPackage(site(world), { name: 'lost', version: '1.0' })
  rmSync(`${site(world)}/beta/__init__.py`)
  expect(await markDamage(world.host, packages.current)).toEqual(['beta'])
  expect((await lookAt(world, 0)).packages?.current).toBeUndefined()
  world.index.goAway()
  rmSync(world.places.layout.packageCache, { recursive: true })
  await world.boot(sources)
  world.index.comeBack()
  expect((await world.boot(sources)).problems).toEqual([])
  expect(await world.run('-c', 'import beta, lost; print(beta.__version__)')).toBe('2.0')
}, 60_000)

async function copy(from: string, to: string): Promise<void> {
  const { cp } = await import('node:fs/promises')
  await cp(from, to, { recursive: true })
}
