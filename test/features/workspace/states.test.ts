import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { WorkspaceTree } from '../../../src/facts/facts.ts'
import { lookAround } from '../../../src/facts/look-around.ts'
import type { Host } from '../../../src/host/host.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { cuttingHost, type When } from '../../support/cutting-host.ts'
import { memoryFolder } from '../../support/temp-folder.ts'
import { applyOnce, planFor, steadyHost } from './real-boot.ts'
import { imageAt, usedWorkspace } from './two-images.ts'

const PAGE = join(import.meta.dirname, '../../../docs/explanation/workspace.md')

/** Worlds that start in each state from which a boot changes something. */
const WORLDS: readonly ((root: string) => Promise<Settings>)[] = [
  (root) => imageAt(root, '0.33.0'),
  async (root) => {
    const settings = await imageAt(root, '0.33.0')
    await mkdir(`${root}/workspace/ComfyUI/models`, { recursive: true })
    return settings
  },
  usedWorkspace,
]

test('the diagram of the states has every change that boots and kills make, and no other', async () => {
  const seen = new Set<string>()
  for (const world of WORLDS) await walkThrough(world, seen)
  const text = await readFile(PAGE, 'utf8')
  const drawn = [...text.matchAll(/^ {4}(\w+ --> \w+: [\w-]+)$/gm)].map((each) => each[1])
  expect([...seen].sort()).toEqual(drawn.toSorted())
}, 120_000)

test('the page has a row for each state and each phase', async () => {
  const text = await readFile(PAGE, 'utf8')
  const rows = [...text.matchAll(/^\| (\w+) \|/gm)].map((each) => each[1])
  const states: Readonly<Record<WorkspaceTree['state'], true>> = {
    ...{ absent: true, empty: true, torn: true, ours: true, switching: true, unclear: true, foreign: true },
  }
  expect(rows).toEqual(expect.arrayContaining(Object.keys(states)))
  expect(rows).toEqual(expect.arrayContaining(['fetch', 'retire', 'place', 'carry', 'database', 'finish']))
})

// Cuts boots here and there and lets one go through what that leaves; cuts a boot that goes on with half a copy.
async function walkThrough(world: (root: string) => Promise<Settings>, seen: Set<string>): Promise<void> {
  const fresh = async () => world(await memoryFolder())
  await bootOnce(steadyHost(), await fresh(), seen)
  for (let n = 1, isCut = true; isCut; n += 3) {
    const settings = await fresh()
    isCut = await cutOnce(settings, { n, when: 'after', seen })
    await bootOnce(steadyHost(), settings, seen)
  }
  for (let n = 1, isCut = true; isCut; n += 5) {
    const settings = await fresh()
    await cutInTheCopy(settings, seen)
    isCut = await cutOnce(settings, { n, when: 'after', seen })
  }
}

async function cutInTheCopy(settings: Settings, seen: Set<string>): Promise<void> {
  const host = steadyHost()
  const copyTree: Host['fs']['copyTree'] = async (...args) => {
    await host.fs.copyTree(...args)
    throw new Error('The process was killed.')
  }
  const before = await stateOf(settings)
  await applyOnce({ ...host, fs: { ...host.fs, copyTree } }, await planFor(host, settings)).catch(() => {})
  const after = await stateOf(settings)
  if (after !== before) seen.add(`${before} --> ${after}: kill`)
}

async function cutOnce(
  settings: Settings,
  cut: { n: number; when: When; seen: Set<string> },
): Promise<boolean> {
  const before = await stateOf(settings)
  const cutting = cuttingHost(steadyHost(), cut.n, cut.when)
  await applyOnce(cutting.host, await planFor(steadyHost(), settings)).catch(() => {})
  const after = await stateOf(settings)
  if (cutting.isCut() && after !== before && after !== 'ours') cut.seen.add(`${before} --> ${after}: kill`)
  return cutting.isCut()
}

async function bootOnce(host: Host, settings: Settings, seen: Set<string>): Promise<void> {
  const before = await stateOf(settings)
  const plan = await planFor(host, settings)
  await applyOnce(host, plan)
  const [act] = plan.steps.map(({ id }) => id.replace('workspace/', '')).filter((id) => CHANGING.has(id))
  if (act !== undefined) seen.add(`${before} --> ${await stateOf(settings)}: ${act}`)
}

const CHANGING = new Set(['adopt-image', 'switch', 'finish-switch'])

async function stateOf(settings: Settings): Promise<WorkspaceTree['state']> {
  return (await lookAround(steadyHost(), settings)).workspace.tree.state
}
