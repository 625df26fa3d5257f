import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gitIn } from '../support/git-repository.ts'
import { nodeFiles, nodeZip } from '../support/node-files.ts'
import { IMAGE_VENV, sitePackages } from '../support/node-image.ts'
import { makeNodeWorld, type NodeWorld } from '../support/node-world.ts'
import { treeOf } from '../support/story.ts'

test('nodes of git, the registry, a zip and the image are all there with their packages, and ComfyUI shows them', async () => {
  const world = await makeNodeWorld()
  const { commit, sha256 } = putFour(world)
  const image = treeOf(sitePackages(`${world.box.layer}${IMAGE_VENV}`), /__pycache__/)

  await world.up()

  expect(await world.problems()).toEqual([])
  expect(await world.shown()).toEqual(
    expect.arrayContaining(['FromGit', 'FromRegistry', 'FromZip', 'FromPath']),
  )
  expect(gitIn(`${world.customNodes}/from-git`, 'rev-parse', 'HEAD')).toBe(commit)
  expect(statSync(`${world.customNodes}/from-git/__init__.py`).uid).toBe(1000)
  expect(readFileSync(`${world.customNodes}/from-registry/.tracking`, 'utf8').split('\n')).toContain(
    '__init__.py',
  )
  expect(lstatSync(`${world.customNodes}/from-path`).isSymbolicLink()).toBe(true)
  const [overlay] = world.overlays()
  expect(overlay?.dists).toEqual(['deep-3.0', 'one-1.0', 'three-1.0', 'two-1.5'])
  expect(treeOf(sitePackages(`${world.box.layer}${IMAGE_VENV}`), /__pycache__/)).toEqual(image)
  const lock = JSON.parse(readFileSync(`${world.workspace}/.comfy-init/nodes.lock.json`, 'utf8'))
  expect(lock.nodes).toMatchObject([
    { folder: 'from-git', commit },
    { folder: 'from-path' },
    { folder: 'from-registry', version: '1.0.0' },
    { folder: 'from-zip', archive: { sha256 } },
  ])
})

test('without uv the same is done with pip', async () => {
  const world = await makeNodeWorld({ uv: false })
  putFour(world)

  await world.up()

  expect(await world.problems()).toEqual([])
  expect(world.overlays()[0]?.dists).toEqual(['deep-3.0', 'one-1.0', 'three-1.0', 'two-1.5'])
  expect(await world.shown()).toEqual(expect.arrayContaining(['FromGit', 'FromZip']))
})

test('a node that wants another torch is the one that fails, with both lines; torch stays and the others work', async () => {
  const world = await makeNodeWorld()
  world.publishWheels({ name: 'torch', version: '2.4.0' }, { name: 'one', version: '1.0' })
  world.publishWheels({ name: 'old-sampler', version: '1.0', requires: ['torch<2.5'] })
  world.repository('good', { shows: 'Good', requires: ['one', 'torch'], imports: ['one'] })
  world.repository('greedy', { shows: 'Greedy', requires: ['torch==2.4.0'] })
  world.repository('deep', { shows: 'Deep', requires: ['old-sampler'], imports: ['old_sampler'] })
  const names = ['good', 'greedy', 'deep'].map((name) => `${world.git.url}/${name}.git`)
  const before = treeOf(`${sitePackages(`${world.box.layer}${IMAGE_VENV}`)}/torch`, /__pycache__/)

  await world.up({ env: { COMFY_NODES: names.join(' ') } })

  const problems = await world.problems()
  expect(problems.filter((each) => each.startsWith('NODE_PACKAGES_CONFLICT'))).toHaveLength(2)
  expect(problems.find((each) => each.includes('greedy'))).toMatch(/torch==2\.4\.0[\s\S]*2\.8\.0\+cu128/)
  expect(problems.find((each) => each.includes(' deep'))).toMatch(/old-sampler[\s\S]*2\.8\.0\+cu128/)
  expect(await world.shown()).toContain('Good')
  expect(await world.shown()).not.toContain('Greedy')
  expect(treeOf(`${sitePackages(`${world.box.layer}${IMAGE_VENV}`)}/torch`, /__pycache__/)).toEqual(before)
  expect(world.overlays()[0]?.dists).toEqual(['one-1.0'])
})

test('one bad node among ten is left out, and the other nine are there', async () => {
  const world = await makeNodeWorld()
  const names = Array.from({ length: 10 }, (_, at) => `node-${at}`)
  for (const [at, name] of names.entries())
    world.repository(name, { shows: `Node${at}`, ...(at === 6 ? { imports: ['not_to_be_had'] } : {}) })
  const env = { COMFY_NODES: names.map((name) => `${world.git.url}/${name}.git`).join(' ') }

  const container = await world.up({ env })

  const problems = await world.problems()
  expect(problems.map((each) => each.split(' ')[0])).toEqual(['NODE_IMPORT_FAILED'])
  expect(problems[0]).toMatch(/node-6[\s\S]*No module named 'not_to_be_had'/)
  expect((await world.shown()).filter((name) => /^Node\d$/.test(name))).toHaveLength(9)
  expect((await world.status()).phase).toBe('degraded')
  const list = JSON.parse((await world.nodes(container, 'list', '--json')).out)
  expect(JSON.stringify(list)).toContain("No module named 'not_to_be_had'")
})

test('a node with which ComfyUI does not start is found among ten and left out; once it is mended it is back', async () => {
  const world = await makeNodeWorld()
  const names = Array.from({ length: 10 }, (_, at) => `node-${at}`)
  for (const [at, name] of names.entries())
    world.repository(name, { shows: `Node${at}`, ...(at === 3 ? { first: 'import os; os.abort()' } : {}) })
  const env = { COMFY_NODES: names.map((name) => `${world.git.url}/${name}.git`).join(' ') }

  const first = await world.up({ env })

  expect((await world.problems()).join()).toMatch(/NODE_BREAKS_START[\s\S]*node-3/)
  expect((await world.shown()).filter((name) => /^Node\d$/.test(name))).toHaveLength(9)
  expect((await world.status()).services.map(({ restarts }) => restarts)).toEqual([0])
  await world.down(first)
  writeFileSync(`${world.customNodes}/node-3/__init__.py`, nodeFiles({ shows: 'Node3' })['__init__.py'] ?? '')

  await world.up({ env, name: 'two' })

  expect((await world.shown()).filter((name) => /^Node\d$/.test(name))).toHaveLength(10)
})

test.each([
  ['cannot be had', { git: 'absent' }, /NODE_\w+/],
  ['cannot be imported', { git: 'broken' }, /NODE_IMPORT_FAILED/],
  ['cannot have its packages', { git: 'greedy' }, /NODE_PACKAGES_CONFLICT/],
])('a required node that %s refuses the boot, and says so', async (_, { git }, code) => {
  const world = await makeNodeWorld()
  world.repository('broken', { shows: 'Broken', imports: ['not_to_be_had'] })
  world.repository('greedy', { shows: 'Greedy', requires: ['numpy<2'] })
  world.publishWheels({ name: 'numpy', version: '1.26.0' })
  world.writeOwn('nodes.yaml', `nodes:\n  - git: ${world.git.url}/${git}.git\n    required: true\n`)

  const container = await world.boot()

  expect(await container.ended, container.err()).toBe(69)
  expect(container.err()).toMatch(code)
  expect(container.err()).toContain(git)
})

/** Four nodes of the four kinds in the workspace’s nodes.yaml, with packages one to three, and deep below one. */
function putFour(world: NodeWorld): { readonly commit: string; readonly sha256: string } {
  world.publishWheels(
    { name: 'one', version: '1.0', requires: ['deep>=2', 'numpy'] },
    { name: 'deep', version: '3.0' },
    { name: 'two', version: '1.0' },
    { name: 'two', version: '1.5' },
    { name: 'two', version: '2.0' },
    { name: 'three', version: '1.0' },
  )
  const git = world.repository('from-git', {
    shows: 'FromGit',
    requires: ['one', 'torch>=2.0', '# a comment', 'pillow'],
    imports: ['one', 'deep', 'torch'],
  })
  const fromRegistry = nodeZip({ shows: 'FromRegistry', requires: ['two<2'], imports: ['two'] })
  world.registry.publish({ id: 'from-registry', version: '1.0.0', zip: fromRegistry })
  const zip = nodeZip({ shows: 'FromZip', requires: ['three', 'two'], imports: ['three'] }, 'from-zip-main')
  const sha256 = createHash('sha256').update(zip).digest('hex')
  const place = `${world.box.layer}/opt/nodes/from-path`
  mkdirSync(place, { recursive: true })
  for (const [name, text] of Object.entries(nodeFiles({ shows: 'FromPath' })))
    writeFileSync(`${place}/${name}`, text)
  world.writeOwn(
    'nodes.yaml',
    [
      'nodes:',
      `  - git: ${world.git.url}/from-git.git`,
      '  - registry: from-registry',
      `  - zip: ${world.registry.putZip('from-zip.zip', zip)}`,
      `    sha256: ${sha256}`,
      '  - path: /opt/nodes/from-path',
      '',
    ].join('\n'),
  )
  return { commit: git.head(), sha256 }
}
