import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from 'vitest'
import type { Running } from '../support/container.ts'
import { makeWorld, type World } from '../support/story.ts'

/** The boots leave the trees alone: only the command changes them. */
const env = { COMFY_UPGRADE: 'keep' }

test('with ComfyUI stopped, a container of the new image upgrades, goes back and cleans up by command', async () => {
  const world = await makeWorld()
  const old = await firstBoot(world)
  const next = newImage(world)

  const status = await command(world, 'status', '--json')
  expect(JSON.parse(status.out)).toMatchObject({
    state: 'ours',
    comfyui: { version: old },
    image: { version: next },
    nextStart: { act: 'keep' },
  })
  appendFileSync(`${world.workspace}/ComfyUI/nodes.py`, '# mine\n')
  const upgrade = await command(world, 'upgrade')
  expect(upgrade.out.split('\n')).toEqual([
    `Upgraded from ComfyUI ${old} to ${next}. ${old} is kept as the previous one: comfy-init workspace rollback goes back to it.`,
    expect.stringContaining('kept in /workspace/.comfy-init/changes/'),
    '',
  ])
  expect(upgrade.err).toContain('Become 1000:1000')
  expect(existsSync(`${world.workspace}/.comfy-init/trees/previous/pending-patch.json`)).toBe(false)
  expect(versionIn(world)).toBe(next)
  expect(statSync(`${world.workspace}/ComfyUI/main.py`).uid).toBe(1000)
  expect((await command(world, 'verify')).out).toContain('is as it came.')
  const running = await world.boot({ name: 'upgraded', env })
  await world.ready(running)
  expectTheirs(world)
  await end(running)

  await command(world, 'rollback')
  expect(versionIn(world)).toBe(old)
  expect(readFileSync(`${world.workspace}/ComfyUI/nodes.py`, 'utf8')).toContain('# mine')
  expectTheirs(world)
  expect((await command(world, 'clean')).out).toMatch(/[KM]iB came free\.\nprevious ComfyUI/)
  const refused = await world.boot({ name: 'command', env, args: ['workspace', 'rollback'] })
  expect(await refused.ended).toBe(64)
  expect(refused.err()).toContain('NO_PREVIOUS_TREE')
})

test('while ComfyUI runs, its container upgrades and goes back when it is started again; others are told who uses it', async () => {
  const world = await makeWorld()
  const old = await firstBoot(world)
  const next = newImage(world)
  const first = await world.boot({ name: 'two', env })
  await world.ready(first)

  const asked = await world.ask(first, 'workspace', 'upgrade')
  expect(asked).toMatchObject({ code: 0, err: '' })
  expect(asked.out).toContain(`${next} takes its place at the next start of the container: docker restart`)
  expect(versionIn(world)).toBe(old)
  const other = await world.boot({ name: 'three', env, args: ['workspace', 'rollback'] })
  expect(await other.ended).toBe(75)
  expect(other.err()).toContain('(WORKSPACE_BUSY)')
  await end(first)
  const second = await world.boot({ name: 'two', env })
  await world.ready(second)
  expect(versionIn(world)).toBe(next)
  writeFileSync(`${world.workspace}/ComfyUI/output/new.png`, 'made since')

  expect((await world.ask(second, 'workspace', 'rollback')).code).toBe(0)
  await end(second)
  const third = await world.boot({ name: 'two', env })
  await world.ready(third)
  expect(versionIn(world)).toBe(old)
  expect(readFileSync(`${world.workspace}/ComfyUI/output/new.png`, 'utf8')).toBe('made since')
  expectTheirs(world)
  expect((await world.ask(third, 'workspace', 'clean')).out).toContain('came free')
  expect(existsSync(`${world.workspace}/.comfy-init/trees/previous`)).toBe(false)
})

/** Boots the image once and puts something of a person's into the workspace; gives the version. */
async function firstBoot(world: World): Promise<string> {
  const container = await world.boot({ name: 'one' })
  await world.ready(container)
  await end(container)
  const node = `${world.workspace}/ComfyUI/custom_nodes/mine`
  mkdirSync(node)
  chownSync(node, 1000, 1000)
  writeFileSync(`${node}/__init__.py`, 'NODE_CLASS_MAPPINGS = {}\n')
  writeFileSync(`${world.workspace}/ComfyUI/notes.txt`, 'mine')
  return versionIn(world)
}

/** Makes the image one of a newer ComfyUI; gives its version. */
function newImage({ box }: World): string {
  const home = `${box.layer}/opt/ComfyUI`
  writeFileSync(`${home}/comfyui_version.py`, '__version__ = "99.0.0"\n')
  appendFileSync(`${home}/requirements.txt`, 'newer\n')
  return '99.0.0'
}

/** Runs one act as docker run --rm does, in a container of the image with the same workspace. */
async function command(world: World, ...act: readonly string[]) {
  const container = await world.boot({ name: `run-${act[0]}`, env, args: ['workspace', ...act] })
  expect(await container.ended, container.err()).toBe(0)
  return { out: container.out(), err: container.err() }
}

async function end(container: Running): Promise<void> {
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
}

function expectTheirs({ workspace }: World): void {
  expect(readFileSync(`${workspace}/ComfyUI/notes.txt`, 'utf8')).toBe('mine')
  expect(existsSync(`${workspace}/ComfyUI/custom_nodes/mine/__init__.py`)).toBe(true)
}

function versionIn({ workspace }: World): string {
  const text = readFileSync(`${workspace}/ComfyUI/comfyui_version.py`, 'utf8')
  return /"(.+)"/.exec(text)?.[1] ?? ''
}
