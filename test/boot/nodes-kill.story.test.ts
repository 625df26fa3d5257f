import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { RunOptions } from '../support/container.ts'
import { makeNodeWorld, type NodeWorld, overlaysOf } from '../support/node-world.ts'
import { tempFolder } from '../support/temp-folder.ts'

/** Cuts spread over the boot that installs. */
const CUTS = 5

test('a container that is killed in the middle of any phase has all nodes and packages at the next boot', async () => {
  const world = await makeNodeWorld()
  const env = putNodes(world)
  const uncut = await wholeBoot(world, await onNewVolume('uncut', env))

  for (const [at, [phase, isThere]] of PHASES.entries()) {
    const options = await onNewVolume(`phase-${at}`, env)
    await killedBoot(world, options, () => appears(phase, () => isThere(options.workspace)))
    expect(await wholeBoot(world, { ...options, name: `after-${at}` }), `after a cut in ${phase}`).toEqual(
      uncut,
    )
  }
})

test('a container that is killed again and again while it installs comes to the same', async () => {
  const world = await makeNodeWorld()
  const env = putNodes(world)
  const startMs = performance.now()
  const uncut = await wholeBoot(world, await onNewVolume('uncut', env))
  const lastsMs = performance.now() - startMs

  const options = await onNewVolume('cut', env)
  for (let cut = 1; cut <= CUTS; cut++)
    await killedBoot(world, { ...options, name: `cut-${cut}` }, () => sleep((lastsMs * cut) / (CUTS + 1)))

  expect(await wholeBoot(world, { ...options, name: 'last' })).toEqual(uncut)
})

test('a container that is killed while a node is taken to another version has the one or the other, then the other', async () => {
  const world = await makeNodeWorld()
  const repository = world.repository('spots', { shows: 'Spots' })
  const first = repository.head()
  const files = Object.fromEntries(
    Array.from({ length: 400 }, (_, at) => [`more/${at}.txt`, 'x'.repeat(3000)]),
  )
  const second = repository.commit(files, { branch: 'later' })
  const url = `${world.git.url}/spots.git`
  const options = await onNewVolume('first', { COMFY_NODES: `${url}@main` })
  const custom = `${options.workspace}/ComfyUI/custom_nodes`
  await wholeBoot(world, options)
  const later = { ...options, env: { COMFY_NODES: `${url}@later` } }

  await killedBoot(world, { ...later, name: 'cut' }, () =>
    appears('the switch', () => existsSync(`${custom}/spots/more/399.txt`) || !existsSync(`${custom}/spots`)),
  )
  const between = existsSync(`${custom}/spots/.git`) ? headIn(custom, 'spots') : undefined
  await wholeBoot(world, { ...later, name: 'next' })

  expect([first, second, undefined]).toContain(between)
  expect(headIn(custom, 'spots')).toBe(second)
  expect(leftovers(options.workspace)).toEqual([])
})

/** What is there when a phase has begun and has not ended. */
const PHASES: readonly (readonly [string, (workspace: string) => boolean])[] = [
  ['check-out: a node is staged', (at) => leftovers(at).length > 0],
  ['check-out: one of three is in its place', (at) => existsSync(`${at}/ComfyUI/custom_nodes/spots`)],
  ['packages: an overlay is begun', (at) => keysIn(at).length > 0],
  ['packages: a package is in it', (at) => overlayFolders(at).some((path) => holdsPackage(path))],
  ['a script has begun', (at) => existsSync(`${at}/ComfyUI/custom_nodes/rings/begun.txt`)],
  ['a script has ended', (at) => existsSync(`${at}/ComfyUI/custom_nodes/rings/made.txt`)],
  [
    'the switch',
    (at) => keysIn(at).some((key) => readdirSync(`${packagesIn(at)}/${key}`).includes('current')),
  ],
  ['the import check has begun', (at) => existsSync(`${at}/ComfyUI/custom_nodes/dots/loading`)],
  ['the import check has ended', (at) => existsSync(`${at}/.comfy-init/nodes/imports.json`)],
]

type Options = RunOptions & { readonly workspace: string }

function putNodes(world: NodeWorld): { readonly COMFY_NODES: string } {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [`one/part_${at}.py`, `n = ${at}\n`]),
  )
  world.publishWheels(
    { name: 'one', version: '1.0', requires: ['deep'], files },
    { name: 'deep', version: '2.0' },
  )
  const install = [
    'import time',
    'open("begun.txt", "w").close()',
    'time.sleep(0.5)',
    'open("made.txt", "w").write("made")',
    'time.sleep(0.2)',
  ].join('\n')
  const loading =
    'import os, time; open(os.path.dirname(__file__) + "/loading", "w").close(); time.sleep(0.3)'
  world.repository('spots', { shows: 'Spots', requires: ['one'], imports: ['one', 'deep'] })
  world.repository('dots', { shows: 'Dots', first: loading })
  world.repository('rings', { shows: 'Rings', install })
  return { COMFY_NODES: ['spots', 'dots', 'rings'].map((name) => `${world.git.url}/${name}.git`).join(' ') }
}

async function onNewVolume(name: string, env: Readonly<Record<string, string>>): Promise<Options> {
  const workspace = await tempFolder()
  chownSync(workspace, 1000, 1000)
  return { name, env, workspace, volumes: [{ from: workspace, at: '/workspace' }] }
}

async function wholeBoot(world: NodeWorld, options: Options) {
  const container = await world.up(options)
  const { phase } = await world.status()
  const problems = await world.problems()
  const shown = (await world.shown()).filter((name) => /^(Spots|Dots|Rings)$/.test(name)).sort()
  await world.down(container)
  const custom = `${options.workspace}/ComfyUI/custom_nodes`
  return {
    phase,
    problems,
    shown,
    heads: ['spots', 'dots', 'rings']
      .filter((name) => existsSync(`${custom}/${name}`))
      .map((name) => headIn(custom, name)),
    packages: overlaysOf(options.workspace).map(({ key, dists }) => ({ key, dists })),
    made: existsSync(`${custom}/rings/made.txt`) && readFileSync(`${custom}/rings/made.txt`, 'utf8'),
    leftovers: leftovers(options.workspace),
    overlays: overlayFolders(options.workspace).length,
  }
}

async function killedBoot(world: NodeWorld, options: Options, moment: () => Promise<void>): Promise<void> {
  const container = await world.boot(options)
  await moment()
  container.kill('SIGKILL')
  await container.ended
}

// Looks almost without a pause: what is waited for may be there for a moment.
async function appears(what: string, isThere: () => boolean): Promise<void> {
  const endMs = performance.now() + 30_000
  for (;;) {
    try {
      if (isThere()) return
    } catch {
      // It was there when the folder was read, and is gone.
    }
    if (performance.now() > endMs) throw new Error(`Waited in vain for ${what}.`)
    await sleep(1)
  }
}

/** What only a cut boot has in custom_nodes. */
function leftovers(workspace: string): readonly string[] {
  const custom = `${workspace}/ComfyUI/custom_nodes`
  return existsSync(custom) ? readdirSync(custom).filter((name) => name.startsWith('.comfy-init')) : []
}

function packagesIn(workspace: string): string {
  return `${workspace}/.comfy-init/packages`
}

function keysIn(workspace: string): readonly string[] {
  return existsSync(packagesIn(workspace))
    ? readdirSync(packagesIn(workspace)).filter((name) => name.startsWith('py'))
    : []
}

/** Folders of overlays, whole ones and others. */
function overlayFolders(workspace: string): readonly string[] {
  return keysIn(workspace).flatMap((key) =>
    readdirSync(`${packagesIn(workspace)}/${key}`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  )
}

function holdsPackage(overlay: string): boolean {
  const [python = ''] = readdirSync(`${overlay}/lib`)
  return existsSync(`${overlay}/lib/${python}/site-packages/one`)
}

function headIn(custom: string, name: string): string {
  const head = readFileSync(`${custom}/${name}/.git/HEAD`, 'utf8').trim()
  const [, ref] = /^ref: (.+)$/.exec(head) ?? []
  if (ref === undefined) return head
  const loose = `${custom}/${name}/.git/${ref}`
  if (existsSync(loose)) return readFileSync(loose, 'utf8').trim()
  const packed = readFileSync(`${custom}/${name}/.git/packed-refs`, 'utf8')
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0] ?? ''
  )
}
