import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PYTHON_TOOLS } from '../../../scripts/python-tools.ts'
import { findInstaller } from '../../../src/features/packages/installer.ts'
import { makeWorkbench } from '../../../src/features/packages/workbench.ts'
import { putPackage } from '../../support/wheel.ts'
import { lookAt, type PackageWorld, packageWorld } from './package-world.ts'

/** A program called uv that is found first. */
function withUv(world: PackageWorld, text: string): PackageWorld['host'] {
  mkdirSync(`${world.root}/first`)
  writeFileSync(`${world.root}/first/uv`, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  return { ...world.host, env: { ...world.host.env, PATH: `${world.root}/first:${world.host.env.PATH}` } }
}

test('a uv that does not run is none: another is taken, or pip', async () => {
  for (const uv of [true, false]) {
    const world = await packageWorld({ uv })
    const host = withUv(world, 'echo "uv: cannot execute" >&2; exit 127')
    const { problems, packages } = await world.boot([world.node('one', { 'requirements.txt': 'beta\n' })], {
      host,
    })
    expect(problems).toEqual([])
    expect(packages.current?.record.nodes.one?.added).toEqual(['beta==2.0'])
  }
})

test('a cache that is somebody else’s is passed over', async () => {
  const world = await packageWorld()
  const refuse =
    'case "$2:$UV_CACHE_DIR" in install:*/scratch/*) ;; install:*) echo "error: Failed to initialize cache at \\`$UV_CACHE_DIR\\`" >&2; echo "  cause: Permission denied (os error 13)" >&2; exit 2;; esac'
  const host = withUv(world, `${refuse}\nexec ${PYTHON_TOOLS}/bin/uv "$@"`)
  const { problems, packages } = await world.boot([world.node('one', { 'requirements.txt': 'beta\n' })], {
    host,
  })
  expect(problems).toEqual([])
  expect(packages.current?.record.nodes.one?.added).toEqual(['beta==2.0'])
  expect(await world.run('-c', 'import beta; print(beta.__version__)')).toBe('2.0')
})

test('what the machine forbids elsewhere is no node’s fault, and is tried again', async () => {
  const world = await packageWorld()
  const refuse =
    '[ "$2" = install ] && { echo "error: failed to open /x: Permission denied (os error 13)" >&2; exit 2; }; exit 0'
  const sources = [world.node('one', { 'requirements.txt': 'beta\n' })]
  const refused = await world.boot(sources, { host: withUv(world, refuse) })
  expect(refused.problems.map(({ code }) => code)).toEqual(['PACKAGES_NOT_INSTALLED'])
  expect((await world.boot(sources)).packages.current?.record.nodes.one?.added).toEqual(['beta==2.0'])
})

test('of a venv that has packages of the system’s too, pip is asked: uv does not see those', async () => {
  const world = await packageWorld()
  const { packages, python } = await lookAt(world, 0)
  if (packages === undefined || python === undefined) throw new Error('The Python is not seen.')
  const { host, settings, places } = world
  const signal = new AbortController().signal
  const base = `${world.root}/base/dist-packages`
  const found = async (sites: readonly string[], venv: string | undefined) => {
    const parts = { host, settings, places, layout: places.layout, signal }
    const seen = { packages: { ...packages, sites }, python: { ...python, venv } }
    return (await findInstaller(await makeWorkbench({ ...parts, ...seen })))?.name
  }
  expect(await found([...packages.sites, base], python.venv)).toBe('uv')
  putPackage(base, { name: 'torch', version: '2.8.0' })
  expect(await found([...packages.sites, base], python.venv)).toBe('pip')
  expect(await found([...packages.sites, base], undefined)).toBe('uv')
})

test('an install script that is too large or must not be read takes nothing from other nodes', async () => {
  const world = await packageWorld()
  const large = world.node('large', { 'install.py': `print("ran")\n${'#'.repeat(17 * 1024 * 1024)}` })
  const closed = world.node('closed', { 'install.py': 'raise SystemExit("closed")' })
  const { fs } = world.host
  const readText: typeof fs.readText = (path, most) =>
    path === closed.script
      ? Promise.reject(Object.assign(new Error('EACCES: denied'), { code: 'EACCES' }))
      : fs.readText(path, most)
  const host = { ...world.host, fs: { ...fs, readText } }
  const good = world.node('good', { 'requirements.txt': 'beta\n' })
  const { problems, packages } = await world.boot([large, closed, good], { host })
  expect(problems.map((each) => each.toJSON().what)).toEqual([
    'Cannot run the install script of the node closed to its end.',
  ])
  expect(packages.current?.record.nodes.good?.added).toEqual(['beta==2.0'])
  expect(packages.current?.record.nodes.large?.script?.line).toBe('ran')
})

test('a requirements file in UTF-16 is refused in words', async () => {
  const world = await packageWorld()
  const windows = world.node('windows', { 'requirements.txt': '' })
  writeFileSync(`${windows.path}/requirements.txt`, Buffer.from('\uFEFFbeta\r\n', 'utf16le'))
  const { problems } = await world.boot([windows])
  expect(problems.map((each) => each.toJSON())).toMatchObject([
    { code: 'NODE_REQUIREMENT_REFUSED', why: expect.stringContaining('is no UTF-8 text') },
  ])
})
