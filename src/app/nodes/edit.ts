import { Problem } from '../../base/problem.ts'
import { nearest } from '../../base/text.ts'
import { orAbsent } from '../../facts/or-absent.ts'
import { withoutNodes } from '../../features/nodes/lock/merge-locks.ts'
import { type Entry, readEntry } from '../../features/nodes/manifest/read-entry.ts'
import { shownEntry } from '../../features/nodes/manifest/shown-entry.ts'
import type { Host } from '../../host/host.ts'
import type { Input } from '../input.ts'
import { actOnNodes, type NodesActing, type NodesDone } from './act.ts'
import { bringBack, putAside } from './aside.ts'
import { decideSync } from './decide-nodes.ts'
import { withEntries, withoutFolders } from './manifest-text.ts'
import { readOwnLock, readOwnManifest, writeOwnLock, writeOwnManifest } from './own-files.ts'
import { receiptsOf } from './view.ts'

type Asked = Pick<Input, 'flags' | 'comfyArgs'>

/**
 * Writes nodes in their short form into the workspace’s manifest, brings back what was switched off, and gets what is missing.
 * Throws ARGUMENTS_INVALID or NODE_CREDENTIALS_WRITTEN for what is no node. A crash leaves the rest to the next start.
 */
export function addNodes(host: Host, input: Asked, specs: readonly string[]): Promise<NodesDone> {
  const entries = specs.map((spec) => ({ spec, entry: entryOf(spec) }))
  return actOnNodes(host, input, {
    decide: decideSync,
    prepare: async (_, { scene }) => {
      for (const { spec, entry } of entries) await refuseAround(host, scene, { spec, entry })
      const before = await readOwnManifest(host, scene)
      const texts = entries.map(({ spec }) => spec)
      await writeOwnManifest(host, scene, withEntries(scene, before, texts))
      const notes: string[] = []
      for (const { entry } of entries) notes.push(...(await welcome(host, scene, entry)))
      return { notes }
    },
  })
}

function entryOf(spec: string): Entry {
  const entry = readEntry(spec, '/')
  if (!('fault' in entry)) return entry
  if (entry.secret)
    throw new Problem('NODE_CREDENTIALS_WRITTEN', { place: 'nodes add', entry: `«${shownEntry(spec)}»` })
  throw new Problem('ARGUMENTS_INVALID', {
    command: 'nodes',
    message: `«${shownEntry(spec)}»: ${entry.fault}`,
  })
}

// A link to it would lie within what it leads to: ComfyUI would load every node twice, or walk for ever.
async function refuseAround(
  { fs }: Host,
  { places: { customNodes } }: NodesActing['scene'],
  { spec, entry }: { readonly spec: string; readonly entry: Entry },
): Promise<void> {
  if (entry.source?.kind !== 'path') return
  const typed = entry.source.path
  const path = (await orAbsent(fs.realPath(typed))) ?? typed
  const nodes = (await orAbsent(fs.realPath(customNodes))) ?? customNodes
  if (!`${path}/`.startsWith(`${nodes}/`) && !`${nodes}/`.startsWith(`${path}/`)) return
  const message = `«${spec}»: A node cannot be ${nodes}, lie in it, or have it within. What lies in it is loaded anyway.`
  throw new Problem('ARGUMENTS_INVALID', { command: 'nodes', message })
}

async function welcome(
  { fs }: Host,
  { places, wanted }: NodesActing['scene'],
  { folder }: Entry,
): Promise<readonly string[]> {
  const { customNodes } = places
  const from = await bringBack(fs, customNodes, folder)
  const elsewhere = asked(wanted.nodes, folder)
  return [
    ...(from === undefined ? [] : [`${folder} was switched off, and is back from ${from}.`]),
    ...(elsewhere?.from === 'COMFY_NODES'
      ? [`COMFY_NODES asks for ${folder} too, and counts more than nodes.yaml.`]
      : []),
  ]
}

/**
 * Takes nodes out of the workspace’s manifest and lock, or switches off there what the image asks for, and moves their folders to
 * `custom_nodes/.disabled`. Throws NODE_UNKNOWN, and NODE_ASKED_ELSEWHERE for what COMFY_NODES names. A crash leaves some done.
 */
export function removeNodes(host: Host, input: Asked, names: readonly string[]): Promise<NodesDone> {
  return actOnNodes(host, input, {
    decide: decideSync,
    prepare: async (_, { scene }) => {
      const folders = names.map((name) => folderOf(scene, name))
      const before = await readOwnManifest(host, scene)
      await writeOwnManifest(host, scene, withoutFolders(scene, before, folders))
      await writeOwnLock(host, scene, withoutNodes(await readOwnLock(host, scene), folders))
      const notes: string[] = []
      for (const folder of folders) {
        const aside = await putAside(host.fs, scene.places.customNodes, folder)
        notes.push(
          aside === undefined
            ? `${folder} is asked for no more; nothing of that name lay in custom_nodes.`
            : `${folder} lies in ${aside} now. Remove it there when you do not want it back: comfy-init nodes add`,
        )
      }
      return { notes }
    },
  })
}

function folderOf(scene: NodesActing['scene'], name: string): string {
  const all = receiptsOf(scene)
  const found = all.find(({ folder }) => folder.toLowerCase() === name.toLowerCase())
  if (found === undefined) {
    const near = nearest(
      name,
      all.map(({ folder }) => folder),
    )
    throw new Problem('NODE_UNKNOWN', { name, near, what: 'node' })
  }
  if (found.from === 'COMFY_NODES')
    throw new Problem('NODE_ASKED_ELSEWHERE', { name: found.folder, from: 'COMFY_NODES' })
  return found.folder
}

function asked<T extends { readonly folder: string }>(nodes: readonly T[], folder: string): T | undefined {
  return nodes.find((each) => each.folder.toLowerCase() === folder.toLowerCase())
}
