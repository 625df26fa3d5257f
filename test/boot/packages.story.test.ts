import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { IMAGE_PACKAGES, IMAGE_VENV, putPython, torch } from '../support/node-image.ts'
import { makeNodeWorld, type NodeWorld } from '../support/node-world.ts'
import { markBirth, procOf } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { PROGRAMS_AND_PEERS, programsOf, readTrace } from '../support/trace.ts'

test('a second boot runs nothing but ComfyUI and asks nobody, in a new container and without a network', async () => {
  const world = await makeNodeWorld()
  const env = putOne(world)
  const first = await world.up({ env })
  await world.down(first)
  world.forget()
  const file = `${await tempFolder()}/trace`

  const second = await world.up({ env, name: 'two', trace: { file, calls: PROGRAMS_AND_PEERS } })

  expect(await world.shown()).toContain('Spots')
  expect(await world.problems()).toEqual([])
  await world.down(second)
  const trace = readTrace(file)
  expect(programsOf(trace).slice(0, -1)).toEqual([
    '/usr/local/bin/comfy-init',
    'reaper',
    '/usr/local/bin/comfy-init',
  ])
  expect(programsOf(trace).at(-1)).toMatch(/\/workspace\/\.comfy-init\/packages\/.*\/bin\/python$/)
  expect(trace.peers.filter((peer) => !/^(127\.|::1$)/.test(peer))).toEqual([])
  expect(world.asked()).toEqual([])

  const third = await world.upOffline({ env, name: 'three' })
  expect(third.err()).not.toMatch(/NODE_|PACKAGES_/)
})

test('a new image gets an overlay of its own from what is kept, and the old image finds the old one', async () => {
  const world = await makeNodeWorld()
  const env = putOne(world)
  await world.down(await world.up({ env }))
  const [old] = world.overlays()
  putImage(world, '2.9.0+cu130')
  world.forget()

  const second = await world.up({ env, name: 'two' })

  expect(await world.problems()).toEqual([])
  expect(await world.shown()).toContain('Spots')
  expect(world.overlays().map(({ key }) => key)).toHaveLength(2)
  const made = world.overlays().find(({ key }) => key !== old?.key)
  expect(made?.key).toContain('2.9.0')
  expect(made?.dists).toEqual(old?.dists)
  expect(world.index.requests().filter((line) => line.endsWith('.whl'))).toEqual([])
  expect(world.git.requests()).toEqual([])
  await world.down(second)
  putImage(world, '2.8.0+cu128')
  world.forget()
  const file = `${await tempFolder()}/trace`

  const back = await world.up({ env, name: 'three', trace: { file, calls: PROGRAMS_AND_PEERS } })

  expect(await world.shown()).toContain('Spots')
  expect(procOf(back, (await world.status()).services[0]?.pid, 'cmdline')[0]).toContain(old?.key)
  expect(world.asked()).toEqual([])
  expect(readTrace(file).programs.map(({ file: program }) => program)).not.toContain('/usr/local/bin/uv')
})

test.each([
  ['pip', ['python', '-m', 'pip', 'install', '--quiet', 'by-hand']],
  ['uv', ['uv', 'pip', 'install', '--quiet', 'by-hand']],
])(
  'what a person installs with %s in the running container is there in the next one, and in the next image',
  async (_, command) => {
    const world = await makeNodeWorld()
    const env = putOne(world)
    world.publishWheels({ name: 'by-hand', version: '1.0' })
    const first = await world.up({ env })
    const variables = environmentOf(procOf(first, (await world.status()).services[0]?.pid, 'environ'))
    expect(variables.VIRTUAL_ENV).toMatch(/^\/workspace\/\.comfy-init\/packages\//)
    const said = await world.box.exec(first, command, variables)
    expect(said.code, said.err).toBe(0)
    await world.down(first)
    expect(world.overlays()[0]?.dists).toContain('by_hand-1.0')

    const second = await world.up({ env, name: 'two' })
    expect((await imports(world, second, 'by_hand')).code).toBe(0)
    await world.down(second)
    putImage(world, '2.9.0+cu130')

    const third = await world.up({ env, name: 'three' })
    expect((await imports(world, third, 'by_hand')).code).toBe(0)
  },
)

test('a package that a person installs cannot take torch away', async () => {
  const world = await makeNodeWorld()
  const env = putOne(world)
  world.publishWheels(
    { name: 'torch', version: '2.4.0' },
    { name: 'old', version: '1.0', requires: ['torch<2.5'] },
  )
  const container = await world.up({ env })
  const variables = environmentOf(procOf(container, (await world.status()).services[0]?.pid, 'environ'))

  const said = await world.box.exec(container, ['python', '-m', 'pip', 'install', 'old'], variables)

  expect(said.code).not.toBe(0)
  expect(said.out).toMatch(/old 1\.0 depends on torch<2\.5[\s\S]*torch==2\.8\.0\+cu128/)
  expect(world.overlays()[0]?.dists).not.toContain('torch-2.4.0')
})

test('nodes that lie there without anybody asking have their packages too, after the first overlay is lost', async () => {
  const world = await makeNodeWorld()
  const env = putOne(world)
  await world.down(await world.up({ env }))
  rmSync(`${world.workspace}/.comfy-init/packages`, { recursive: true })

  await world.up({ env: {}, name: 'two' })

  expect(await world.shown()).toContain('Spots')
  expect(world.overlays()[0]?.dists).toEqual(['one-1.0'])
})

test('when the index is away the overlay in use goes on, and the new node waits for the next boot', async () => {
  const world = await makeNodeWorld()
  const env = putOne(world)
  await world.down(await world.up({ env }))
  world.publishWheels({ name: 'two', version: '1.0' })
  world.repository('dots', { shows: 'Dots', requires: ['two'], imports: ['two'] })
  const both = { COMFY_NODES: `${env.COMFY_NODES} ${world.git.url}/dots.git` }
  world.index.goAway()

  const second = await world.up({ env: both, name: 'two' })

  expect(await world.shown()).toContain('Spots')
  expect((await world.problems()).join()).toContain('PACKAGES_NOT_REACHED')
  await world.down(second)
  world.index.comeBack()

  await world.up({ env: both, name: 'three' })

  expect(await world.shown()).toEqual(expect.arrayContaining(['Spots', 'Dots']))
  expect(await world.problems()).toEqual([])
})

/** One node that needs one package. */
function putOne(world: NodeWorld): { readonly COMFY_NODES: string } {
  world.publishWheels({ name: 'one', version: '1.0' })
  world.repository('spots', { shows: 'Spots', requires: ['one'], imports: ['one'] })
  return { COMFY_NODES: `${world.git.url}/spots.git` }
}

function putImage({ box }: NodeWorld, version: '2.8.0+cu128' | '2.9.0+cu130'): void {
  const cuda = version === '2.8.0+cu128' ? '12.8' : '13.0'
  const others = IMAGE_PACKAGES.filter(({ name }) => !name.startsWith('torch'))
  const packages = version === '2.8.0+cu128' ? IMAGE_PACKAGES : [torch(version, cuda), ...others]
  putPython(box.layer, packages)
  markBirth(box)
}

function imports(world: NodeWorld, running: Parameters<NodeWorld['down']>[0], name: string) {
  const current = world.overlays().find(({ dists }) => dists.includes(`${name}-1.0`))
  const python = current?.path.replace(world.workspace, '/workspace') ?? IMAGE_VENV
  return world.box.exec(running, [`${python}/bin/python`, '-c', `import ${name}`])
}

function environmentOf(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
