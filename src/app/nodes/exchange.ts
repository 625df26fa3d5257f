import { Problem, systemCode } from '../../base/problem.ts'
import type { Foreign, Format } from '../../features/nodes/formats/foreign.ts'
import { type Exported, writeForeign } from '../../features/nodes/formats/write-foreign.ts'
import { EMPTY_LOCK, mergeLocks, withNodes, withPackages } from '../../features/nodes/lock/merge-locks.ts'
import { readLocks } from '../../features/nodes/lock/read-locks.ts'
import type { Host } from '../../host/host.ts'
import { ask } from '../ask.ts'
import type { Input } from '../input.ts'
import { glance } from '../workspace/glance.ts'
import { actOnNodes, type NodesActing, type NodesDone, type Prepared } from './act.ts'
import { bringBack } from './aside.ts'
import { decideSync } from './decide-nodes.ts'
import { knownPin, lockWith } from './lock.ts'
import { withEntries } from './manifest-text.ts'
import { readOwnLock, readOwnManifest, writeOwnLock, writeOwnManifest } from './own-files.ts'
import { sceneOf } from './view.ts'

/** Formats that can be written. */
export const FORMATS = ['manager', 'desktop', 'comfy-cli'] as const satisfies readonly Format[]

type Asked = Pick<Input, 'flags' | 'comfyArgs'>

/**
 * Takes over what another program’s file says into the workspace’s manifest and lock, and gets it, each commit as it says. Throws
 * NODES_FORMAT_UNKNOWN before anything is written. A crash leaves the rest to the next start.
 */
export async function importNodes(host: Host, input: Asked, file: string): Promise<NodesDone> {
  const { readForeign } = await import('../../features/nodes/formats/read-foreign.ts')
  const found = readForeign(await textOf(host, file), file)
  return actOnNodes(host, input, {
    decide: decideSync,
    prepare: (_, acting) => takeOver(host, acting, found),
  })
}

async function textOf({ fs }: Host, path: string): Promise<string> {
  const refuse = (reason: string) => new Problem('NODES_FORMAT_UNKNOWN', { path, reason })
  try {
    const text = await fs.readText(path, MOST_BYTES)
    if (text !== undefined) return text
  } catch (error) {
    throw refuse(`It cannot be read: the system says ${systemCode(error) ?? 'EIO'}.`)
  }
  throw refuse('There is no such file.')
}

/** Longest file that is read, bytes. */
const MOST_BYTES = 16 * 1024 * 1024

// The lock first: by a manifest alone the next start would get the newest.
async function takeOver(host: Host, { scene }: NodesActing, found: Foreign): Promise<Prepared> {
  const { entries, locked, packages, comfyui, notes } = found
  const before = await readOwnManifest(host, scene)
  const own = await readOwnLock(host, scene)
  const nodes = withNodes({ ...own, comfyui: comfyui ?? own.comfyui }, locked)
  const lock = packages.length === 0 ? nodes : withPackages(nodes, packages, scene.facts.packages?.identity)
  await writeOwnLock(host, scene, lock)
  await writeOwnManifest(host, scene, withEntries(scene, before, entries))
  for (const { folder } of locked) await bringBack(host.fs, scene.places.customNodes, folder)
  const count = `${entries.length} ${entries.length === 1 ? 'node' : 'nodes'}`
  return { notes: [`${count} taken over into ${scene.places.layout.nodesManifest}.`, ...notes] }
}

/** What is asked for and locked as another program’s file; looks only, and changes nothing. */
export async function exportNodes(host: Host, input: Asked, format: Format): Promise<Exported> {
  const { settings } = await ask(host, input)
  const scene = sceneOf(settings, await glance(host, settings))
  const { facts, wanted } = scene
  const { locks } = readLocks(facts.nodeRecords.locks)
  const pins = wanted.nodes.map((node) => knownPin(scene, node, locks)).filter((each) => each !== undefined)
  const merged = locks.length === 0 ? EMPTY_LOCK : mergeLocks(locks)
  const lock = await lockWith(host, { facts }, { nodes: pins, before: [merged] })
  return writeForeign(format, { wanted: wanted.nodes, lock, name: settings.instance, atMs: facts.nowMs })
}
