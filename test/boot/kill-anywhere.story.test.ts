import { chownSync, existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Running } from '../support/container.ts'
import { enlargeTree, makeWorld, type World } from '../support/story.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** Cuts spread over the whole first boot, from its start until it is ready. */
const CUTS = 12

/** What a boot leaves in a workspace: every path with its size, modification time or link target. */
type Left = { readonly tree: readonly string[]; readonly problems: readonly string[] }

test('a container killed at any instant of its first boot is healthy at the next', async () => {
  const { world, uncut, lastsMs } = await makeUncut()
  const wounds = new Set<string>()

  for (let cut = 0; cut < CUTS; cut++) {
    const atMs = (lastsMs * cut) / CUTS
    const at = { name: `cut-${cut}`, volume: await volume() }
    await killedBoot(world, at, () => sleep(atMs))
    wounds.add(woundOf(world, at))
    // Every third is cut a second time; every second is the same container started again, the others a new one.
    if (cut % 3 === 2) await killedBoot(world, at, () => sleep(atMs * 0.8))
    expectNothingLost(world, at, uncut)
    const again = cut % 2 === 0 ? at : { ...at, name: `after-${cut}` }
    expect(await wholeBoot(world, again), `after a cut at ${Math.round(atMs)} ms`).toEqual(uncut)
  }

  // The cuts were where they should be: before anything, within the copy, and when all was in its place.
  expect([...wounds]).toEqual(expect.arrayContaining(['nothing', 'staged', 'linked']))
})

test('a container killed between two steps of its first boot is healthy at the next', async () => {
  const { world, uncut } = await makeUncut()

  for (const [cut, seen] of BETWEEN.entries()) {
    const at = await cutWhen(world, seen, cut)
    expectNothingLost(world, at, uncut)
    const again = cut % 2 === 0 ? at : { ...at, name: `after-${cut}` }
    expect(await wholeBoot(world, again), `after a cut when ${seen} was there`).toEqual(uncut)
  }
})

/** What is there between one step and the next, in their order; in the workspace, or in the container's own layer. */
const BETWEEN = [
  '.comfy-init',
  '.comfy-init/trees/next/ComfyUI/main.py',
  '.comfy-init/trees/next/ComfyUI/.comfy-init.json',
  'ComfyUI',
  '/opt/ComfyUI/.comfy-init-leaving',
  '/opt/ComfyUI/more/part-3',
  'ComfyUI/custom_nodes/checkers',
  '.comfy-init/report.json',
] as const

type At = { readonly name: string; readonly volume: string }

async function makeUncut(): Promise<{ world: World; uncut: Left; lastsMs: number }> {
  const world = await makeWorld()
  enlargeTree(`${world.box.layer}/opt/ComfyUI`)
  const at = { name: 'uncut', volume: await volume() }
  const startMs = performance.now()
  const container = await start(world, at)
  await world.ready(container)
  const lastsMs = performance.now() - startMs
  const uncut = await leftBy(world, container, at)
  expect(uncut.tree.length).toBeGreaterThan(500)
  return { world, uncut, lastsMs }
}

async function wholeBoot(world: World, at: At): Promise<Left> {
  const container = await start(world, at)
  await world.ready(container)
  return leftBy(world, container, at)
}

async function leftBy(world: World, container: Running, at: At): Promise<Left> {
  expect(readlinkSync(world.box.seen(container, '/opt/ComfyUI'))).toBe('/workspace/ComfyUI')
  const { phase, problems } = await world.status()
  expect(phase).toBe('ready')
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
  return { tree: treeIn(at.volume), problems: problems.map(({ code }) => code) }
}

async function killedBoot(world: World, at: At, moment: () => Promise<void>): Promise<void> {
  const container = await start(world, at)
  await moment()
  container.kill('SIGKILL')
  await container.ended
}

/** A container killed when something was there; another one where this machine was too slow to see it in time. */
async function cutWhen(world: World, seen: string, cut: number): Promise<At> {
  for (let turn = 0; turn < 5; turn++) {
    const at = { name: `cut-${cut}-${turn}`, volume: await volume() }
    let isInTime = false
    await killedBoot(world, at, async () => {
      isInTime = await appears(world, at, seen)
    })
    if (isInTime) return at
  }
  throw new Error(`Never saw ${seen} in time.`)
}

// Looks without a pause: what is waited for may be there for a millisecond. False once the boot has gone past it.
async function appears(world: World, { name, volume: folder }: At, seen: string): Promise<boolean> {
  const own = `${world.box.upper(name)}/opt/ComfyUI`
  const isInImage = seen.startsWith('/')
  const path = isInImage ? `${world.box.upper(name)}${seen}` : `${folder}/${seen}`
  const endMs = performance.now() + 20_000
  for (;;) {
    // The image's folder has become nothing, then a link.
    if (isInImage && lstatSync(own, { throwIfNoEntry: false })?.isDirectory() === false) return false
    if (isThere(path)) return true
    if (performance.now() > endMs) throw new Error(`Waited in vain for ${path}.`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

// Its folder may become something else between two looks.
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function start({ box, port, httpPort }: World, { name, volume: from }: At): Promise<Running> {
  const env = { COMFY_PORT: String(port), COMFY_HTTP_PORT: String(httpPort) }
  return box.run({ name, env, volumes: [{ from, at: '/workspace' }] })
}

// A container that began to remove the image's copy must have a whole one in the workspace.
function expectNothingLost(world: World, { name, volume: folder }: At, { tree }: Left): void {
  const own = `${world.box.upper(name)}/opt/ComfyUI`
  const touched = lstatSync(own, { throwIfNoEntry: false })
  if (touched === undefined) return
  const there = new Set(treeIn(folder))
  const code = tree.filter((line) => /^ComfyUI\/.*\.(py|bin) /.test(line))
  expect(code.filter((line) => !there.has(line))).toEqual([])
}

function woundOf(world: World, { name, volume: folder }: At): 'nothing' | 'staged' | 'whole' | 'linked' {
  if (existsSync(`${folder}/ComfyUI`)) {
    const own = lstatSync(`${world.box.upper(name)}/opt/ComfyUI`, { throwIfNoEntry: false })
    return own?.isSymbolicLink() ? 'linked' : 'whole'
  }
  return existsSync(`${folder}/.comfy-init/trees/next`) ? 'staged' : 'nothing'
}

/** What differs from boot to boot: logs, times of day, ComfyUI's own state. */
const ITS_OWN =
  /(^|\/)(__pycache__|temp)(\/|$)|^\.comfy-init\/(logs|report|journal|facts|lock)|^ComfyUI\/user\/.|\.comfy-init\.json$/

function treeIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !ITS_OWN.test(relative(folder, path)))
    .map((path) => `${relative(folder, path)} ${kindOf(folder, path)}`.replaceAll(MADE_ANEW, '$1'))
    .sort()
}

/** What tells how long it took, or the path it lies at: its size differs too. */
const TELLS_TIMES =
  /^\.comfy-init\/(nodes\/(imports\.json|logs\/)|packages\/.*\/(comfy-init\.json|bin\/pip3?)$)/

/** An overlay made anew after a cut never takes the name of one that was there: the same packages are -2 then. */
const MADE_ANEW = /\b([0-9a-f]{16})-\d+\b/g

// Files that are ours are written by each boot: only those of the image keep their times.
function kindOf(folder: string, path: string): string {
  const found = lstatSync(path)
  if (found.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  if (found.isDirectory()) return `folder ${found.mode.toString(8)}`
  const isOurs = /(^|\/)\.comfy-init/.test(relative(folder, path))
  const size = TELLS_TIMES.test(relative(folder, path)) ? '' : found.size
  return `${size} ${found.mode.toString(8)} ${found.uid} ${isOurs ? '' : found.mtimeMs}`
}

async function volume(): Promise<string> {
  const folder = await tempFolder()
  chownSync(folder, 1000, 1000)
  return folder
}
