import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeNode } from '../../scripts/sandbox/fill.ts'
import type { Running, RunOptions } from '../support/container.ts'
import { makeWorld, procOf, type World } from '../support/story.ts'
import { contents, countsOf, LAYOUTS, type Layout, leave, MINE, put } from './import-layouts.ts'

test.each(LAYOUTS)('$title is taken over, and no file of it is lost or changed', async (layout) => {
  const world = await makeWorld()
  leave(world, layout)
  const before = contents(world.workspace)

  if (layout.moves) await expectAsked(world, layout, before)
  const env = layout.moves ? { COMFY_IMPORT: 'yes' } : {}
  const first = await boot(world, layout, { name: 'first', env })
  await world.ready(first)

  const base = join(layout.at ?? '/workspace', layout.base)
  const argv = procOf(first, (await world.status()).services[0]?.pid, 'cmdline')
  expect(argv.some((arg) => arg === base || arg === `${base}/main.py`)).toBe(true)
  expect((await world.get('/models/loras', world.port))?.text).toContain('mine.safetensors')
  expect(first.err()).toContain(layout.says ?? '')
  for (const name of Object.keys(MINE))
    expect(existsSync(join(world.workspace, layout.base, name)), name).toBe(true)
  await stop(first)
  const after = contents(world.workspace)
  for (const [content, count] of countsOf(before))
    expect(countsOf(after).get(content)).toBeGreaterThanOrEqual(count)
  if (!layout.moves)
    for (const [path, content] of before) expect([path, after.get(path)]).toEqual([path, content])

  const plan = await boot(world, layout, { name: 'asked', args: ['plan', '--json'] })
  expect(await plan.ended).toBe(0)
  expect(stepsOf(plan).filter((id) => id.startsWith('workspace/'))).toEqual(
    // A new container has its own image tree, which gives way to the one in the volume.
    layout.base === '.' ? [] : ['workspace/give-way'],
  )
})

test('a custom node, and a change in ComfyUI’s own files, are there after the take-over', async () => {
  const world = await makeWorld()
  leave(world, { title: '', tree: 'ComfyUI', git: true, moves: false, base: 'ComfyUI' })
  writeNode(`${world.workspace}/ComfyUI/custom_nodes/mine`, 'Mine')
  writeFileSync(`${world.workspace}/ComfyUI/protocol.py`, '\n# mine\n', { flag: 'a' })

  const container = await world.boot()
  await world.ready(container)

  expect((await world.get('/object_info', world.port))?.text).toContain('"Mine"')
  expect(readFileSync(`${world.workspace}/ComfyUI/protocol.py`, 'utf8')).toContain('# mine')
  const marker = JSON.parse(readFileSync(`${world.workspace}/ComfyUI/.comfy-init.json`, 'utf8'))
  expect(marker).toMatchObject({ importedFrom: 'tree', from: '/opt/ComfyUI' })
  expect(readFileSync(`${world.workspace}/ComfyUI/.comfy-init.manifest`, 'utf8')).toMatch(
    /^f\t644\t-1\t\d+\tprotocol.py$/m,
  )
})

test('a volume of root’s, as images that run as root leave it, is taken over by root', async () => {
  const world = await makeWorld()
  leave(world, { title: '', tree: 'ComfyUI', git: true, moves: false, base: 'ComfyUI' })
  execFileSync('chown', ['-R', '0:0', world.workspace])

  const container = await world.boot({ env: { COMFY_UID: '0', COMFY_GID: '0' } })
  await world.ready(container)

  expect((await world.get('/models/loras', world.port))?.text).toContain('mine.safetensors')
  expect(existsSync(`${world.workspace}/ComfyUI/.comfy-init.json`)).toBe(true)
})

test('half a ComfyUI that a killed move left is refused, with the files that are not there', async () => {
  const world = await makeWorld()
  leave(world, { title: '', tree: 'ComfyUI', git: true, moves: false, base: 'ComfyUI' })
  for (const name of ['server.py', 'comfy/options.py']) rmSync(`${world.workspace}/ComfyUI/${name}`)
  const before = contents(world.workspace)

  const container = await world.boot()

  expect(await container.ended).toBe(69)
  expect(container.err()).toContain('IMPORT_INCOMPLETE')
  expect(container.err()).toContain('comfy/options.py, server.py')
  expect(container.err()).toContain('git checkout')
  expectSame(before, contents(world.workspace))
})

test('what is there already is never moved onto', async () => {
  const world = await makeWorld()
  leave(world, { title: '', state: { 'data/models': 'models', 'data/user': 'user' }, moves: true, base: '.' })
  put(world.workspace, { 'models/other.safetensors': 'other' })
  const before = contents(world.workspace)

  const container = await world.boot({ env: { COMFY_IMPORT: 'yes' } })

  expect(await container.ended).toBe(69)
  expect(container.err()).toContain('IMPORT_IN_THE_WAY')
  expectSame(before, contents(world.workspace))
})

async function expectAsked(world: World, layout: Layout, before: ReadonlyMap<string, string>): Promise<void> {
  const asking = await boot(world, layout, { name: 'asking' })
  expect(await asking.ended).toBe(69)
  expect(asking.err()).toContain('IMPORT_WAITS')
  expect(asking.err()).toContain('COMFY_IMPORT=yes')
  for (const from of [layout.tree ?? [], Object.keys(layout.state ?? {})].flat())
    expect(asking.err()).toContain(`${layout.at ?? '/workspace'}/${from} → `)
  expectSame(before, contents(world.workspace))
}

function boot(world: World, { at = '/workspace' }: Layout, options: RunOptions): Promise<Running> {
  return world.boot({ ...options, volumes: [{ from: world.workspace, at }] })
}

async function stop(running: Running): Promise<void> {
  running.kill('SIGTERM')
  expect(await running.ended).toBe(0)
}

function stepsOf(plan: Running): readonly string[] {
  const { steps } = JSON.parse(plan.out()) as { steps: readonly { id: string }[] }
  return steps.map(({ id }) => id)
}

function expectSame(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): void {
  expect([...after.entries()].sort()).toEqual([...before.entries()].sort())
}
