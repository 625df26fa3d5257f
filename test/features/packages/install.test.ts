import { readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { putPackage } from '../../support/wheel.ts'
import { packageWorld, sitePackagesOf } from './package-world.ts'

const VERSIONS =
  'import importlib.metadata as m; print(" ".join(sorted(f"{d.name}=={d.version}" for d in m.distributions())))'

describe.each([
  ['uv', true],
  ['pip', false],
])('with %s', (_, uv) => {
  test('what nodes require lies over the image’s packages, which stay as they are', async () => {
    const world = await packageWorld({ uv })
    const { node } = world
    const image = readdirSync(sitePackagesOf(world.python))
    const sources = [
      node('first', {
        'requirements.txt': 'alpha  # the first letter\ntorch\nbeta<2 ; python_version > "3"\n',
      }),
      node('second', { 'requirements.txt': 'requests>=2.32\n' }),
    ]
    const booted = await world.boot(sources)

    expect(booted).toMatchObject({ steps: 1, problems: [] })
    expect(booted.packages.current?.record.nodes).toMatchObject({
      first: { added: ['alpha==1.0', 'beta==1.0'] },
      second: { added: ['requests==2.32.0'] },
    })
    const imports = 'import alpha, beta, torch, requests; print(torch.__version__, requests.__version__)'
    expect(await world.run('-c', imports)).toBe('2.8.0+cu128 2.32.0')
    expect(await world.run('-c', VERSIONS)).toContain('torch==2.8.0+cu128')
    expect(readdirSync(`${world.overlay()}/bin`)).toContain('alpha')
    expect(readdirSync(sitePackagesOf(world.python)).filter((name) => name !== '__pycache__')).toEqual(image)
    expect((await world.boot(sources)).steps).toBe(0)
  })

  test('a node that would replace torch or numpy fails, with its line and the image’s; the others have their packages', async () => {
    const world = await packageWorld({ uv })
    const { node } = world
    const booted = await world.boot([
      node('wants-torch', { 'requirements.txt': '# the newest\ntorch>=2.9\n' }),
      node('good', { 'requirements.txt': 'beta\n' }),
      node('wants-numpy', { 'requirements.txt': 'old-numpy\n' }),
    ])
    const [first, second] = booted.problems.map((each) => each.toJSON())

    expect(booted.problems).toHaveLength(2)
    expect(first).toMatchObject({ code: 'NODE_PACKAGES_CONFLICT', level: 'warning' })
    expect(first?.why).toContain(
      'torch>=2.9 (line 2 of requirements.txt), and the image holds torch==2.8.0+cu128',
    )
    expect(second).toMatchObject({ code: 'NODE_PACKAGES_CONFLICT' })
    expect(second?.why).toContain('old-numpy (line 1 of requirements.txt), and the image holds numpy==2.1.0')
    expect(booted.packages.current?.record.nodes.good?.added).toEqual(['beta==2.0'])
    expect(await world.run('-c', 'import numpy; print(numpy.__version__)')).toBe('2.1.0')
  })

  test('while nobody answers, what was installed before is used on, and the next start tries again', async () => {
    const world = await packageWorld({ uv })
    const first = world.node('first', { 'requirements.txt': 'beta\n' })
    await world.boot([first])
    const before = world.overlay()
    const both = [first, world.node('second', { 'requirements.txt': 'alpha\n' })]
    world.index.goAway()
    const away = await world.boot(both)
    expect(away.problems.map((each) => each.toJSON())).toMatchObject([{ code: 'PACKAGES_NOT_REACHED' }])
    expect(away.problems[0]?.toJSON().why).toContain('The packages installed before are used as they are.')
    expect(world.overlay()).toBe(before)
    expect(away.packages.current?.path).toBe(before)

    world.index.comeBack()
    const back = await world.boot(both)
    expect(back).toMatchObject({ steps: 1, problems: [], packages: { failed: undefined } })
    expect(Object.keys(back.packages.current?.record.nodes ?? {})).toEqual(['first', 'second'])
  }, 60_000)

  test('the first start without an index has an overlay for what is installed by hand', async () => {
    const world = await packageWorld({ uv })
    world.index.goAway()
    const sources = [world.node('first', { 'requirements.txt': 'beta\n' })]
    const away = await world.boot(sources)
    expect(away.problems.map(({ code }) => code)).toEqual(['PACKAGES_NOT_REACHED'])
    expect(await world.run('-c', 'import sys, torch; print(sys.prefix)')).toBe(world.overlay())
    world.index.comeBack()
    expect((await world.boot(sources)).packages.current?.record.nodes.first?.added).toEqual(['beta==2.0'])
  }, 60_000)
})

test('what cannot be had is the fault of the node that asks for it', async () => {
  const world = await packageWorld()
  const booted = await world.boot([
    world.node('lost', { 'requirements.txt': 'no-such-package\n' }),
    world.node('good', { 'requirements.txt': 'beta\n' }),
  ])
  expect(booted.problems.map((each) => each.toJSON())).toMatchObject([
    { code: 'NODE_PACKAGES_MISSING', what: 'Cannot install what the node lost requires.' },
  ])
  expect(await world.run('-c', 'import beta; print(beta.__version__)')).toBe('2.0')
})

test('of two nodes that do not fit together the first is taken, and a required one before it', async () => {
  const world = await packageWorld()
  const one = world.node('one', { 'requirements.txt': 'beta<2\n' })
  const two = world.node('two', { 'requirements.txt': 'beta>=2\n' })
  const three = world.node('three', { 'requirements.txt': 'alpha\n' })

  const booted = await world.boot([one, two, three])
  expect(booted.problems.map((each) => each.toJSON().why)).toEqual([
    expect.stringContaining('beta>=2 (line 1 of requirements.txt), and one asks for beta<2'),
  ])
  expect(booted.packages.current?.record.nodes.three?.added).toEqual(['alpha==1.0', 'beta==1.0'])

  const again = await world.boot([one, { ...two, required: true }, three])
  expect(again.problems.map(({ details, level }) => [details, level])).toMatchObject([
    [{ folder: 'one' }, 'warning'],
  ])
})

test('a required node that cannot have its packages refuses the boot', async () => {
  const world = await packageWorld()
  const source = { ...world.node('wants-torch', { 'requirements.txt': 'torch>=2.9\n' }), required: true }
  const { problems } = await world.boot([source])
  expect(problems.map(({ code, level }) => [code, level])).toEqual([['NODE_PACKAGES_CONFLICT', 'blocking']])
})

test('without requirements there is an overlay too, made without any program', async () => {
  const world = await packageWorld()
  const refuse = () => Promise.reject(new Error('nothing is to be run'))
  const exec = { ...world.host.exec, run: refuse, start: refuse }
  const host = { ...world.host, exec }
  const booted = await world.boot([world.node('plain', { 'requirements.txt': 'torch\nnumpy>=1.20\n' })], {
    host,
  })
  expect(booted).toMatchObject({
    steps: 1,
    problems: [],
    packages: { current: { record: { packages: [] } } },
  })
  expect(await world.run('-c', 'import torch; print(torch.__version__)')).toBe('2.8.0+cu128')
})

test('an image without uv and pip says who is without packages', async () => {
  const world = await packageWorld({ uv: false })
  for (const name of readdirSync(sitePackagesOf(world.python)).filter((each) => /^pip(-|$)/.test(each)))
    rmSync(`${sitePackagesOf(world.python)}/${name}`)
  const { problems } = await world.boot([world.node('first', { 'requirements.txt': 'beta\n' })])
  expect(problems.map((each) => each.toJSON())).toMatchObject([{ code: 'PACKAGES_NO_INSTALLER' }])
  expect(await world.run('-c', 'import torch; print(torch.__version__)')).toBe('2.8.0+cu128')
})

test('a constraints file of the image holds as torch does, and another one is another identity', async () => {
  const world = await packageWorld()
  const sources = [world.node('first', { 'requirements.txt': 'beta\n' })]
  const { packages } = await world.boot(sources)
  writeFileSync(`${world.root}/constraints.txt`, 'beta==1.0\n')
  const held = await world.boot(sources)
  expect(held.packages.key).not.toBe(packages.key)
  expect(held.packages.current?.record.packages).toEqual([{ name: 'beta', version: '1.0', for: ['first'] }])
})

test('versions of the lock are taken where they fit, and given up where they do not', async () => {
  const world = await packageWorld()
  const pin = (name: string, version: string) => ({ name, version, for: [] })
  const locked = [pin('beta', '1.0'), pin('torch', '2.9.0')]
  const resolved: string[] = []
  const onResolved = async (_: unknown, pins: readonly { name: string; version: string }[]) => {
    resolved.push(pins.map(({ name, version }) => `${name}==${version}`).join(' '))
  }
  await world.boot([world.node('first', { 'requirements.txt': 'beta\n' })], { locked, onResolved })
  await world.boot([world.node('first', { 'requirements.txt': 'beta>=2\n' })], { locked, onResolved })
  expect(resolved).toEqual(['beta==1.0', 'beta==2.0'])
})

test('a new package leaves the others at the versions they have', async () => {
  const world = await packageWorld()
  const first = world.node('first', { 'requirements.txt': 'beta<2\n' })
  await world.boot([first])
  const relaxed = world.node('first', { 'requirements.txt': 'beta\n' })
  const { packages } = await world.boot([relaxed, world.node('second', { 'requirements.txt': 'alpha\n' })])
  expect(packages.current?.record.nodes.first?.added).toEqual(['beta==1.0'])
})

test('the image’s packages of a new version make another overlay, and going back finds the old one', async () => {
  const world = await packageWorld()
  const site = sitePackagesOf(world.python)
  const sources = [world.node('first', { 'requirements.txt': 'beta\n' })]
  const old = await world.boot(sources)
  putPackage(site, { name: 'numpy', version: '2.2.0' })
  rmSync(`${site}/numpy-2.1.0.dist-info`, { recursive: true })
  const now = await world.boot(sources)
  expect(now).toMatchObject({ steps: 1, packages: { current: { record: { asked: expect.any(String) } } } })
  expect(now.packages.current?.path).not.toBe(old.packages.current?.path)

  putPackage(site, { name: 'numpy', version: '2.1.0' })
  rmSync(`${site}/numpy-2.2.0.dist-info`, { recursive: true })
  const back = await world.boot(sources)
  expect(back).toMatchObject({ steps: 0, packages: { current: { path: old.packages.current?.path } } })
})

test.each([
  ['its record is gone', (path: string) => rmSync(`${path}/comfy-init.json`)],
  [
    'its Python leads nowhere',
    (path: string) => {
      rmSync(`${path}/bin/python`)
      symlinkSync('/nowhere/python3', `${path}/bin/python`)
    },
  ],
  ['its packages are gone', (path: string) => rmSync(`${path}/lib`, { recursive: true })],
  ['it is gone', (path: string) => rmSync(path, { recursive: true })],
])('an overlay is made again when %s', async (_, damage) => {
  const world = await packageWorld()
  const sources = [world.node('first', { 'requirements.txt': 'beta\n' })]
  await world.boot(sources)
  damage(world.overlay())
  const healed = await world.boot(sources)
  expect(healed).toMatchObject({ steps: 1, problems: [] })
  expect(await world.run('-c', 'import beta, torch; print(beta.__version__)')).toBe('2.0')
})
