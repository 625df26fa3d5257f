import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { childEnvironment } from '../../../src/features/services/environment.ts'
import { putPackage } from '../../support/wheel.ts'
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

test('what can no longer be had is left behind, and holds nobody up', async () => {
  const world = await packageWorld()
  await world.boot([])
  putPackage(sitePackagesOf(`${world.overlay()}/bin/python`), { name: 'lost', version: '1.0' })
  putPackage(sitePackagesOf(`${world.overlay()}/bin/python`), { name: 'beta', version: '9.0' })
  const { packages, problems } = await world.boot([
    world.node('first', { 'requirements.txt': 'requests>=2.32\n' }),
  ])
  expect(problems).toEqual([])
  expect(packages.current?.record.packages).toMatchObject([
    { name: 'beta', version: '2.0', for: [] },
    { name: 'requests', version: '2.32.0', for: ['first'] },
  ])
})

test('pip cannot replace torch by hand without being told to', async () => {
  const world = await packageWorld()
  await world.boot([])
  await expect(install(world, 'torch==2.9.0')).rejects.toThrow()
  expect(await world.run('-c', 'import torch; print(torch.__version__)')).toBe('2.8.0+cu128')
})
