import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { childEnvironment } from '../../../src/features/services/environment.ts'
import { putPackage, wheel } from '../../support/wheel.ts'
import { lookAt, type PackageWorld, packageWorld, sitePackagesOf } from './package-world.ts'

// As a person in a terminal, and ComfyUI-Manager: with the environment that services have.
async function install(world: PackageWorld, ...args: readonly string[]): Promise<void> {
  const facts = await lookAt(world, 0)
  const container = { ...world.host.env, PIP_FIND_LINKS: undefined }
  const env = childEnvironment({ container, settings: world.settings, facts, places: world.places })
  await promisify(execFile)('pip', ['install', '--timeout', '5', '--retries', '0', ...args], { env })
}

test('what is installed by hand lands in the overlay, and comes along into the next', async () => {
  const world = await packageWorld()
  const first = world.node('first', { 'requirements.txt': 'beta\n' })
  await world.boot([first])
  const before = world.overlay()
  await install(world, 'by-hand')
  expect(await world.run('-c', 'import by_hand; print(by_hand.__file__)')).toContain(before)

  const { packages } = await world.boot([
    first,
    world.node('second', { 'requirements.txt': 'requests>=2.32\n' }),
  ])
  expect(world.overlay()).not.toBe(before)
  expect(packages.current?.record.packages).toContainEqual({ name: 'by-hand', version: '1.0', for: [] })
  expect(await world.run('-c', 'import by_hand; print(by_hand.__version__)')).toBe('1.0')
  await world.boot([])
  expect(await world.run('-c', 'import by_hand; print(by_hand.__version__)')).toBe('1.0')
})

test('it comes along into the overlay of a new image, also when the index was away for a start', async () => {
  const world = await packageWorld()
  const sources = [world.node('first', { 'requirements.txt': 'beta\n' })]
  await world.boot(sources)
  await install(world, 'by-hand')
  putPackage(sitePackagesOf(world.python), { name: 'newer', version: '1.0' })
  world.index.goAway()
  rmSync(world.places.layout.packageCache, { recursive: true })
  expect((await world.boot(sources)).problems.map(({ code }) => code)).toEqual(['PACKAGES_NOT_REACHED'])
  world.index.comeBack()
  const { packages } = await world.boot(sources)
  expect(packages.current?.record.packages.map(({ name }) => name)).toEqual(['beta', 'by-hand'])
}, 60_000)

const FIRST = { 'requirements.txt': 'requests>=2.32\n' }

function put(world: PackageWorld, spec: Parameters<typeof putPackage>[1]): void {
  putPackage(sitePackagesOf(`${world.overlay()}/bin/python`), spec)
}

test('what is on no index comes along by its files, and never as another version of that name', async () => {
  const world = await packageWorld()
  await world.boot([])
  put(world, { name: 'lost', version: '1.0' })
  put(world, { name: 'beta', version: '0.1' })
  const { packages, problems } = await world.boot([world.node('first', FIRST)])
  expect(problems).toEqual([])
  expect(packages.current?.record.packages).toMatchObject([
    { name: 'beta', version: '0.1', for: [] },
    { name: 'lost', version: '1.0', for: [] },
    { name: 'requests', version: '2.32.0', for: ['first'] },
  ])
  expect(await world.run('-c', 'import beta, lost; print(beta.__version__, lost.__version__)')).toBe(
    '0.1 1.0',
  )
})

test('a program of a package that comes along runs with the new overlay’s Python', async () => {
  const world = await packageWorld()
  await world.boot([])
  const code = { 'tool/__init__.py': 'import sys\ndef main(): print(sys.prefix)\n' }
  writeFileSync(
    `${world.root}/${wheel({ name: 'tool', version: '1.0', files: code, scripts: { tool: 'tool:main' } }).file}`,
    wheel({ name: 'tool', version: '1.0', files: code, scripts: { tool: 'tool:main' } }).bytes,
  )
  await install(world, '--no-index', `${world.root}/tool-1.0-py3-none-any.whl`)
  const before = world.overlay()
  await world.boot([world.node('first', FIRST)])
  expect(world.overlay()).not.toBe(before)
  const { stdout } = await promisify(execFile)(`${world.overlay()}/bin/tool`)
  expect(stdout.trim()).toBe(world.overlay())
})

test('it comes along into the overlay of a new image without an index', async () => {
  const world = await packageWorld()
  await world.boot([])
  put(world, { name: 'lost', version: '1.0' })
  putPackage(sitePackagesOf(world.python), { name: 'newer', version: '1.0' })
  const { problems } = await world.boot([], { settings: { offline: true } })
  expect(problems).toEqual([])
  expect(await world.run('-c', 'import lost, newer; print(lost.__version__)')).toBe('1.0')
})

test('what cannot be copied is told until it is there again', async () => {
  const world = await packageWorld()
  await world.boot([])
  put(world, { name: 'lost', version: '1.0' })
  rmSync(`${sitePackagesOf(`${world.overlay()}/bin/python`)}/lost/__init__.py`)
  const sources = [world.node('first', FIRST)]
  const told = (await world.boot(sources)).problems.map((each) => [each.code, each.degrades])
  expect(told).toEqual([['PACKAGES_LEFT_BEHIND', true]])
  const more = [...sources, world.node('second', { 'requirements.txt': 'alpha\n' })]
  expect((await world.boot(more)).problems.map((each) => each.toJSON().why)).toEqual([
    'lost 1.0 cannot be copied for this Python, and the index does not have that version.',
  ])
  put(world, { name: 'lost', version: '1.0' })
  expect((await world.boot(more)).problems).toEqual([])
})

test('what a node brings at another version gives way to it, and that is told', async () => {
  const world = await packageWorld()
  await world.boot([])
  put(world, { name: 'beta', version: '0.1' })
  const { problems } = await world.boot([world.node('first', { 'requirements.txt': 'beta>=2\n' })])
  expect(problems.map((each) => each.toJSON())).toMatchObject([
    { code: 'PACKAGES_LEFT_BEHIND', why: 'beta 0.1 gave way to beta==2.0.' },
  ])
  expect(await world.run('-c', 'import beta; print(beta.__version__)')).toBe('2.0')
})

test('what was added to the overlay before, while it still ran, comes along as well', async () => {
  const world = await packageWorld()
  await world.boot([])
  const running = world.overlay()
  const sources = [world.node('first', FIRST)]
  await world.boot(sources)
  putPackage(sitePackagesOf(`${running}/bin/python`), { name: 'late', version: '1.0' })
  await world.boot([...sources, world.node('second', { 'requirements.txt': 'alpha\n' })])
  expect(await world.run('-c', 'import late; print(late.__version__)')).toBe('1.0')
})

test('what was added to the overlay before comes along with the next start, and holds no later one up', async () => {
  const world = await packageWorld()
  await world.boot([])
  const running = world.overlay()
  const sources = [world.node('first', FIRST)]
  await world.boot(sources)
  expect((await world.boot(sources)).steps).toBe(0)
  putPackage(sitePackagesOf(`${running}/bin/python`), { name: 'late', version: '1.0' })
  expect((await world.boot(sources)).steps).toBe(1)
  expect(await world.run('-c', 'import late; print(late.__version__)')).toBe('1.0')
  expect((await world.boot(sources)).steps).toBe(0)
})

test('what the index was away for is tried again by the next start, once', async () => {
  const world = await packageWorld()
  await world.boot([])
  const file = `${world.overlay()}/comfy-init.json`
  const record = JSON.parse(readFileSync(file, 'utf8'))
  const left = { name: 'by-hand', version: '1.0', reason: 'is away', isReplaced: false, temporary: true }
  writeFileSync(file, JSON.stringify({ ...record, atMs: 1, leftBehind: [left] }))
  world.index.goAway()
  const away = await world.boot([])
  expect(away).toMatchObject({ steps: 1, problems: [{ code: 'PACKAGES_LEFT_BEHIND' }] })
  world.index.comeBack()
  expect(await world.boot([])).toMatchObject({ steps: 1, problems: [] })
  expect(await world.run('-c', 'import by_hand; print(by_hand.__version__)')).toBe('1.0')
}, 60_000)

test('what a person took out stays out', async () => {
  const world = await packageWorld()
  await world.boot([])
  put(world, { name: 'lost', version: '1.0' })
  const sources = [world.node('first', FIRST)]
  await world.boot(sources)
  await install(world, 'by-hand')
  await promisify(execFile)(`${world.overlay()}/bin/pip`, ['uninstall', '-y', 'lost'])
  expect((await world.boot(sources)).steps).toBe(0)
  const { packages } = await world.boot([...sources, world.node('second', { 'requirements.txt': 'alpha\n' })])
  expect(packages.current?.record.packages.map(({ name }) => name)).not.toContain('lost')
})

test('pip cannot replace torch by hand without being told to', async () => {
  const world = await packageWorld()
  await world.boot([])
  await expect(install(world, 'torch==2.9.0')).rejects.toThrow()
  expect(await world.run('-c', 'import torch; print(torch.__version__)')).toBe('2.8.0+cu128')
})
