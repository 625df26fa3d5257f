import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { putPackage, wheel } from '../../support/wheel.ts'
import { packageWorld, sitePackagesOf } from './package-world.ts'

test.each([
  ['uv', true],
  ['pip', false],
])('offline, %s takes wheels of the vendor folder, and what is not there fails its node', async (_, uv) => {
  const world = await packageWorld({ uv })
  const { file, bytes } = wheel({ name: 'beta', version: '1.5' })
  mkdirSync(`${world.root}/vendor/wheels`, { recursive: true })
  writeFileSync(`${world.root}/vendor/wheels/${file}`, bytes)
  const good = world.node('good', { 'requirements.txt': 'beta\n' })
  const bad = world.node('bad', { 'requirements.txt': 'alpha\n' })
  const booted = await world.boot([good, bad], { settings: { offline: true } })

  expect(world.index.requests()).toEqual([])
  expect(booted.packages.current?.record.nodes.good?.added).toEqual(['beta==1.5'])
  expect(booted.problems.map((each) => each.toJSON())).toMatchObject([
    { code: 'NODE_PACKAGES_MISSING', remedy: expect.stringContaining('COMFY_OFFLINE') },
  ])
})

test('offline, a new image has its overlay from the cache', async () => {
  const world = await packageWorld()
  const sources = [world.node('first', { 'requirements.txt': 'alpha\n' })]
  await world.boot(sources)
  putPackage(sitePackagesOf(world.python), { name: 'newer', version: '1.0' })
  world.index.forget()
  const booted = await world.boot(sources, { settings: { offline: true } })
  expect(booted.problems).toEqual([])
  expect(booted.packages.current?.record.nodes.first?.added).toEqual(['alpha==1.0', 'beta==2.0'])
  expect(world.index.requests()).toEqual([])
})

test('offline, no node loses the packages that it has', async () => {
  const world = await packageWorld({ uv: false })
  const first = world.node('first', { 'requirements.txt': 'beta\n' })
  await world.boot([first])
  const before = world.overlay()
  const second = world.node('second', { 'requirements.txt': 'requests>=2.32\n' })
  const booted = await world.boot([first, second], { settings: { offline: true } })
  expect(world.overlay()).toBe(before)
  expect(booted.problems.map(({ code }) => code)).toEqual(['NODE_PACKAGES_MISSING'])
})

// The machine's own Python: Debian marks it as managed by somebody else, and it is no venv.
test('a Python that is the system’s own is lain over, and nothing is installed into it', async () => {
  const world = await packageWorld()
  const python = '/usr/bin/python3'
  const system = '/usr/lib/python3/dist-packages'
  const before = readdirSync(system).length
  const booted = await world.bootWith(python, [world.node('first', { 'requirements.txt': 'beta\n' })])
  expect(booted.problems).toEqual([])
  const [version, prefix] = (
    await world.run('-c', 'import beta, sys; print(beta.__version__, sys.prefix)')
  ).split(' ')
  expect([version, prefix]).toEqual(['2.0', world.overlay()])
  expect(readdirSync(system)).toHaveLength(before)
  const found = await world.run('-c', `import sys; print("${system}" in sys.path)`)
  expect(found).toBe('True')
})

test.runIf(process.getuid?.() === 0).each([
  ['uv', true],
  ['pip', false],
])(
  'with %s, somebody who may write nothing of the image installs all the same (runs as root only)',
  async (_, uv) => {
    const world = await packageWorld({ uv })
    execFileSync('chmod', ['-R', 'a-w', `${world.root}/opt`])
    execFileSync('chown', ['-R', '4321:4321', `${world.root}/workspace`])
    const { host } = world
    const start: typeof host.exec.start = (command) =>
      host.exec.start({
        ...command,
        file: '/usr/bin/setpriv',
        args: ['--reuid=4321', '--regid=4321', '--clear-groups', command.file, ...command.args],
      })
    const fs = ownedBy(host.fs, 4321)
    const booted = await world.boot([world.node('first', { 'requirements.txt': 'alpha\n' })], {
      host: { ...host, fs, exec: { ...host.exec, start } },
    })
    expect(booted.problems).toEqual([])
    expect(booted.packages.current?.record.nodes.first?.added).toEqual(['alpha==1.0', 'beta==2.0'])
  },
)

// What the program makes is made as the person; here root makes it, and gives it away.
function ownedBy(fs: Awaited<ReturnType<typeof packageWorld>>['host']['fs'], uid: number): typeof fs {
  const give = async (path: string) => fs.own(path, uid, uid)
  return {
    ...fs,
    makeFolder: async (path, mode) => {
      await fs.makeFolder(path, mode)
      execFileSync('chown', ['-R', `${uid}:${uid}`, String(path).replace(/\/packages\/.*/, '/packages')])
    },
    write: async (path, text, mode) => {
      await fs.write(path, text, mode)
      await give(path)
    },
  }
}

test('of overlays that are of no use the one before stays, and those of three other images', async () => {
  const world = await packageWorld()
  const site = sitePackagesOf(world.python)
  const first = (lines: string) => [world.node('first', { 'requirements.txt': lines })]
  const sets = () => readdirSync(world.overlay().replace(/\/[^/]*$/, '')).filter((name) => name !== 'current')
  await world.boot(first('beta<2\n'))
  await world.boot(first('beta>=2\n'))
  expect(sets()).toHaveLength(2)
  await world.boot(first('by-hand\n'))
  expect(sets()).toHaveLength(2)
  for (let image = 0; image < 4; image++) {
    putPackage(site, { name: `image${image}`, version: '1.0' })
    await world.boot(first('beta\n'))
  }
  const keys = readdirSync(world.places.layout.packages).filter((name) => name.startsWith('py'))
  expect(keys).toHaveLength(4)
})
