import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from 'vitest'
import { nodeZip } from '../support/node-files.ts'
import { makeNodeWorld, type NodeWorld } from '../support/node-world.ts'
import { zip } from '../support/zip.ts'

test('a file, a broken link and somebody’s folder in a node’s place stay, each with a problem; the others come', async () => {
  const world = await makeNodeWorld()
  const env = repositories(world, ['spots', 'dots', 'rings', 'bars'])
  await world.down(await world.up())
  const { customNodes } = world
  writeFileSync(`${customNodes}/spots`, 'a file\n')
  symlinkSync('/nowhere/dots', `${customNodes}/dots`)
  mkdirSync(`${customNodes}/rings`)
  writeFileSync(`${customNodes}/rings/__init__.py`, 'NODE_CLASS_MAPPINGS = {}\n')
  chownSync(`${customNodes}/rings`, 1000, 1000)

  await world.up({ env, name: 'two' })

  const problems = (await world.problems()).join('\n')
  for (const name of ['spots', 'dots']) expect(problems).toContain(name)
  expect(readFileSync(`${customNodes}/spots`, 'utf8')).toBe('a file\n')
  expect(readlinkSync(`${customNodes}/dots`)).toBe('/nowhere/dots')
  expect(readdirSync(`${customNodes}/rings`)).toContain('__init__.py')
  expect(existsSync(`${customNodes}/rings/.git`)).toBe(false)
  expect(await world.shown()).toContain('bars')
})

test('a node whose files were changed keeps them when another version is asked for', async () => {
  const world = await makeNodeWorld()
  const repository = world.repository('spots', { shows: 'Spots' })
  const url = `${world.git.url}/spots.git`
  await world.down(await world.up({ env: { COMFY_NODES: `${url}@main` } }))
  const file = `${world.customNodes}/spots/__init__.py`
  appendFileSync(file, '# mine\n')
  repository.commit({ 'later.txt': 'later' }, { branch: 'later' })

  await world.up({ env: { COMFY_NODES: `${url}@later` }, name: 'two' })

  expect(readFileSync(file, 'utf8')).toMatch(/# mine\n$/)
  expect((await world.problems()).join()).toMatch(/NODE_CHANGED_LOCALLY[\s\S]*spots/)
  expect(await world.shown()).toContain('Spots')
})

test('a node without changes is taken to the other version, with what it wrote beside its own files', async () => {
  const world = await makeNodeWorld()
  const repository = world.repository('spots', { shows: 'Spots' })
  const url = `${world.git.url}/spots.git`
  await world.down(await world.up({ env: { COMFY_NODES: `${url}@main` } }))
  mkdirSync(`${world.customNodes}/spots/ckpts`)
  writeFileSync(`${world.customNodes}/spots/ckpts/weights.bin`, 'weights\n')
  chownSync(`${world.customNodes}/spots/ckpts`, 1000, 1000)
  repository.commit({ 'later.txt': 'later' }, { branch: 'later' })

  await world.up({ env: { COMFY_NODES: `${url}@later` }, name: 'two' })

  expect(await world.problems()).toEqual([])
  expect(readFileSync(`${world.customNodes}/spots/later.txt`, 'utf8')).toBe('later')
  expect(readFileSync(`${world.customNodes}/spots/ckpts/weights.bin`, 'utf8')).toBe('weights\n')
})

test('what root put into a node is not lost when another version is asked for, and it is said', async () => {
  const world = await makeNodeWorld()
  const repository = world.repository('spots', { shows: 'Spots' })
  const url = `${world.git.url}/spots.git`
  await world.down(await world.up({ env: { COMFY_NODES: `${url}@main` } }))
  mkdirSync(`${world.customNodes}/spots/ckpts`, { mode: 0o755 })
  writeFileSync(`${world.customNodes}/spots/ckpts/weights.bin`, 'weights\n')
  repository.commit({ 'later.txt': 'later' }, { branch: 'later' })

  await world.up({ env: { COMFY_NODES: `${url}@later` }, name: 'two' })

  const holders = readdirSync(world.customNodes).filter((name) =>
    existsSync(`${world.customNodes}/${name}/ckpts/weights.bin`),
  )
  expect(holders).toHaveLength(1)
  expect((await world.problems()).join()).toContain('spots')
  expect(await world.shown()).toContain('Spots')
})

test('a vanished commit, a wrong digest, an evil archive, an unknown id and a host that is away: a problem each, and the good one comes', async () => {
  const world = await makeNodeWorld()
  const repository = world.repository('vanished', { shows: 'Vanished' })
  const first = repository.head()
  const second = repository.commit({ 'a.txt': 'a' })
  repository.forgetAfter(first)
  const evil = zip([
    { name: '../../outside.txt', data: 'out' },
    { name: '__init__.py', data: '' },
  ])
  const sha256 = createHash('sha256').update(evil).digest('hex')
  repositories(world, ['good'])
  world.writeOwn(
    'nodes.yaml',
    [
      'nodes:',
      `  - git: ${world.git.url}/vanished.git`,
      `    ref: ${second}`,
      `  - zip: ${world.registry.putZip('wrong.zip', nodeZip({ shows: 'Wrong' }))}`,
      `    sha256: ${'0'.repeat(64)}`,
      `  - zip: ${world.registry.putZip('evil.zip', evil)}`,
      `    sha256: ${sha256}`,
      '  - registry: unknown-id',
      '  - git: http://127.0.0.1:1/away.git',
      '  - path: /nowhere/absent',
      `  - git: ${world.git.url}/good.git`,
      '',
    ].join('\n'),
  )

  await world.up()

  const problems = (await world.problems()).join('\n')
  for (const name of ['vanished', 'wrong', 'evil', 'unknown-id', 'away', 'absent'])
    expect(problems).toContain(name)
  expect(problems).toContain(second.slice(0, 7))
  expect(await world.shown()).toContain('good')
  expect(existsSync(`${world.workspace}/ComfyUI/outside.txt`)).toBe(false)
  expect(existsSync(`${world.workspace}/outside.txt`)).toBe(false)
  const left = readdirSync(world.customNodes)
  expect(left.filter((name) => /vanished|wrong|evil|unknown|away|absent|^\./.test(name))).toEqual([])
})

test('a broken manifest is said with its line, and an entry that cannot be used takes no other with it', async () => {
  const world = await makeNodeWorld()
  repositories(world, ['good'])
  world.writeOwn('nodes.yaml', `nodes:\n  - git: ${world.git.url}/good.git\n  - gti: x\n  - git: [1, 2\n`)

  const first = await world.up()
  expect((await world.problems()).join()).toMatch(/NODES_FILE_INVALID[\s\S]*nodes\.yaml[\s\S]*line \d/)
  await world.down(first)
  world.writeOwn(
    'nodes.yaml',
    `nodes:\n  - git: ${world.git.url}/good.git\n  - gti: https://host/x\n  - git: https://host/owner/good\n`,
  )

  await world.up({ name: 'two' })

  const problems = (await world.problems()).join('\n')
  expect(problems).toContain('NODES_ENTRY_INVALID')
  expect(problems).toContain('NODES_ENTRY_TWICE')
  expect(await world.shown()).toContain('good')
})

test('requirement lines that cannot be used fail their node alone', async () => {
  const world = await makeNodeWorld()
  world.publishWheels({ name: 'one', version: '1.0' })
  world.repository('urls', { shows: 'Urls', requires: ['one @ https://host/one.whl'] })
  world.repository('edits', { shows: 'Edits', requires: ['-e .'] })
  world.repository('broken', { shows: 'Broken', requires: ['one', '???'] })
  world.repository('none', { shows: 'None', requires: ['is-nowhere-to-be-had==7'] })
  world.repository('good', { shows: 'Good', requires: ['one'], imports: ['one'] })
  const names = ['urls', 'edits', 'broken', 'none', 'good']

  await world.up({ env: { COMFY_NODES: names.map((name) => `${world.git.url}/${name}.git`).join(' ') } })

  const problems = (await world.problems()).join('\n')
  for (const text of ['https://host/one.whl', '-e .', '???', 'is-nowhere-to-be-had'])
    expect(problems).toContain(text)
  expect(await world.shown()).toContain('Good')
  expect(world.overlays()[0]?.dists).toEqual(['one-1.0'])
})

test('credentials reach their host and nobody else, and nothing keeps them', async () => {
  const world = await makeNodeWorld()
  repositories(world, ['spots'])
  world.git.lock('me:sesame-1234')
  const url = `${world.git.url}/spots.git`
  const env = { COMFY_NODES: url, COMFY_GIT_CREDENTIALS: world.git.url.replace('//', '//me:sesame-1234@') }

  const container = await world.up({ env })

  expect(await world.shown()).toContain('spots')
  expect(world.git.credentials()).toContain('me:sesame-1234')
  expect(container.err()).not.toContain('sesame-1234')
  const kept = readdirSync(world.workspace, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && lstatSync(`${entry.parentPath}/${entry.name}`).size < 1e6,
  )
  const holding = kept.filter((entry) =>
    readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1').includes('sesame-1234'),
  )
  expect(holding.map(({ name }) => name)).toEqual([])
})

/** Repositories of nodes that show a class of their own name; gives the variable that wants them all. */
function repositories(world: NodeWorld, names: readonly string[]): { readonly COMFY_NODES: string } {
  for (const name of names) world.repository(name, { shows: name })
  return { COMFY_NODES: names.map((name) => `${world.git.url}/${name}.git`).join(' ') }
}
