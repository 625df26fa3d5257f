import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Receipt } from '../../src/app/nodes/receipts.ts'
import { gitIn } from '../support/git-repository.ts'
import { nodeZip } from '../support/node-files.ts'
import { makeNodeWorld, type NodeWorld } from '../support/node-world.ts'

test('a snapshot of ComfyUI-Manager is restored on an empty workspace: each commit is the one that it names', async () => {
  const world = await makeNodeWorld()
  const { snapshot, commits } = putSnapshot(world)
  const container = await world.up()

  const said = await world.nodes(container, 'import', '/workspace/snapshot.json')

  expect(said.code, said.err).toBe(0)
  const heads = ['spots', 'dots'].map((name) => gitIn(`${world.customNodes}/${name}`, 'rev-parse', 'HEAD'))
  expect(heads).toEqual(commits)
  await world.down(container)
  const again = await world.up({ name: 'two' })
  expect(await world.shown()).toEqual(expect.arrayContaining(['Spots', 'Dots', 'Rings']))
  const heldTo = ['spots', 'dots'].map((name) => gitIn(`${world.customNodes}/${name}`, 'rev-parse', 'HEAD'))
  expect(heldTo).toEqual(commits)
  const exported = await world.nodes(again, 'export', '--as', 'manager')
  expect(JSON.parse(exported.out).git_custom_nodes).toMatchObject(snapshot.git_custom_nodes)
})

test('what a lock holds is what another empty workspace gets, though the branches have gone on', async () => {
  const world = await makeNodeWorld()
  world.publishWheels({ name: 'one', version: '1.0' })
  const spots = world.repository('spots', { shows: 'Spots', requires: ['one'], imports: ['one'] })
  const locked = spots.head()
  world.writeOwn('nodes.yaml', `nodes:\n  - git: ${world.git.url}/spots.git\n`)
  const first = await world.up()
  const { out } = await world.box.exec(first, ['cat', '/workspace/.comfy-init/nodes.lock.json'])
  await world.down(first)
  spots.commit({ 'later.txt': 'later' })
  world.publishWheels({ name: 'one', version: '2.0' })
  for (const name of ['ComfyUI', '.comfy-init']) rmSync(`${world.workspace}/${name}`, { recursive: true })
  world.writeOwn('nodes.yaml', `nodes:\n  - git: ${world.git.url}/spots.git\n`)
  world.writeOwn('nodes.lock.json', out)

  await world.up({ name: 'two' })

  expect(gitIn(`${world.customNodes}/spots`, 'rev-parse', 'HEAD')).toBe(locked)
  expect(world.overlays()[0]?.dists).toEqual(['one-1.0'])
})

test.each([
  ['when it is told that there is none', { COMFY_OFFLINE: 'on' }],
  ['and without being told', {}],
])(
  'an image that carries repositories, archives and wheels has its first boot without a network, %s',
  async (_, env) => {
    const world = await makeNodeWorld()
    world.publishWheels({ name: 'one', version: '1.0' }, { name: 'two', version: '1.0' })
    world.repository('spots', { shows: 'Spots', requires: ['one'], imports: ['one'] })
    const zip = nodeZip({ shows: 'Rings', requires: ['two'], imports: ['two'] })
    world.registry.publish({ id: 'rings', version: '1.0.0', zip })
    const manifest = `nodes:\n  - git: ${world.git.url}/spots.git\n  - registry: rings\n`
    world.writeOwn('nodes.yaml', manifest)
    const first = await world.up()
    const said = await world.nodes(first, 'vendor', '/workspace/vendor')
    expect(said.code, said.err).toBe(0)
    await world.down(first)
    const image = `${world.box.layer}/opt/comfy-init/vendor`
    mkdirSync(image, { recursive: true })
    execFileSync('cp', ['-a', `${world.workspace}/vendor/.`, image])
    mkdirSync(`${world.box.layer}/etc/comfy-init`, { recursive: true })
    writeFileSync(`${world.box.layer}/etc/comfy-init/nodes.yaml`, manifest)
    for (const name of ['ComfyUI', '.comfy-init', 'vendor'])
      rmSync(`${world.workspace}/${name}`, { recursive: true })
    world.forget()

    const container = await world.upOffline({ name: 'offline', env })

    expect(container.err()).not.toMatch(/NODE_|PACKAGES_/)
    expect(world.overlays()[0]?.dists).toEqual(['one-1.0', 'two-1.0'])
    const list = await world.nodes(container, 'list', '--json')
    const states = Object.fromEntries(
      JSON.parse(list.out).nodes.map(({ folder, state }: Receipt) => [folder, state]),
    )
    expect(states).toMatchObject({ spots: 'ok', rings: 'ok' })
    expect(world.asked()).toEqual([])
  },
)

/** A snapshot of two repositories that have gone on since, and of a node of the registry; it lies in the workspace. */
function putSnapshot(world: NodeWorld) {
  const [spots, dots] = [
    world.repository('spots', { shows: 'Spots' }),
    world.repository('dots', { shows: 'Dots' }),
  ]
  const commits = [spots.commit({ 'a.txt': 'a' }), dots.head()]
  for (const each of [spots, dots]) each.commit({ 'later.txt': 'later' })
  for (const version of ['1.0.0', '1.1.0'])
    world.registry.publish({ id: 'rings', version, zip: nodeZip({ shows: 'Rings' }) })
  const snapshot = {
    comfyui: null,
    git_custom_nodes: {
      [`${world.git.url}/spots.git`]: { hash: commits[0], disabled: false },
      [`${world.git.url}/dots.git`]: { hash: commits[1], disabled: false },
    },
    cnr_custom_nodes: { rings: '1.0.0' },
    file_custom_nodes: [],
    pips: {},
  }
  writeFileSync(`${world.workspace}/snapshot.json`, JSON.stringify(snapshot))
  chownSync(`${world.workspace}/snapshot.json`, 1000, 1000)
  return { snapshot, commits }
}
