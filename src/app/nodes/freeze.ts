import type { LockedNode, WantedNode } from '../../base/node.ts'
import { steps } from '../../engine/plan.ts'
import { changeIn } from '../../features/nodes/checkout/unchanged.ts'
import { gitFor } from '../../features/nodes/git.ts'
import { lockText } from '../../features/nodes/lock/lock-text.ts'
import { lockedFor } from '../../features/nodes/lock/locked-for.ts'
import { EMPTY_LOCK, withNodes } from '../../features/nodes/lock/merge-locks.ts'
import { parseLock } from '../../features/nodes/lock/parse-lock.ts'
import { readEntry } from '../../features/nodes/manifest/read-entry.ts'
import { writtenEntry } from '../../features/nodes/manifest/written-entry.ts'
import type { Host } from '../../host/host.ts'
import type { Input } from '../input.ts'
import { actOnNodes, type NodesActing, type NodesDone, type Prepared } from './act.ts'
import { type Identified, identify, type NodeAt } from './identify.ts'
import { lockWith } from './lock.ts'
import { withEntries } from './manifest-text.ts'
import { readOwnLock, readOwnManifest, writeOwnLock, writeOwnManifest } from './own-files.ts'
import type { NodesScene } from './view.ts'

/**
 * Writes into manifest and lock what lies in custom_nodes now, so that another workspace gets exactly that; tells what cannot be
 * written down. Nothing is fetched and no node is touched. A crash leaves the old files or the new ones.
 */
export function freezeNodes(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<NodesDone> {
  return actOnNodes(host, input, { decide: () => steps(), prepare })
}

async function prepare(host: Host, { scene, signal }: NodesActing): Promise<Prepared> {
  const { places, facts, wanted } = scene
  const found = await Promise.all(
    nodesAt(scene).map(async (at) => ({ at, said: await identify(host.fs, at) })),
  )
  const { known, leftOut } = writable(
    found.flatMap(({ said }) => ('locked' in said ? [asKnown(scene, said.locked)] : [])),
  )
  // The manifest first: a lock alone asks for nothing.
  const entries = known.flatMap(({ entry }) => (entry === undefined ? [] : [writtenEntry(entry)]))
  const before = await readOwnManifest(host, scene)
  if (entries.length > 0 || before === undefined)
    await writeOwnManifest(host, scene, withEntries(scene, before, entries))
  const own = await readOwnLock(host, scene)
  const asked = new Set(wanted.nodes.map(({ folder }) => folder.toLowerCase()))
  const kept = { ...own, nodes: own.nodes.filter(({ folder }) => asked.has(folder.toLowerCase())) }
  const { nodes } = withNodes(
    kept,
    known.map(({ locked }) => locked),
  )
  await writeOwnLock(host, scene, await lockWith(host, { facts }, { nodes, before: [own] }))
  const single = ((await host.fs.list(places.customNodes)) ?? []).filter((name) => /^[^_.].*\.py$/.test(name))
  const changed = await changedSince(host, scene, { known, signal })
  return { notes: [...notesFor(found, single, { scene, count: known.length }), ...leftOut, ...changed] }
}

function nodesAt({ facts, places }: NodesScene): readonly NodeAt[] {
  const folder = facts.nodes.find(({ path }) => path === places.customNodes)
  return (folder?.nodes ?? [])
    .filter(({ linkTarget }) => !(linkTarget?.includes('/./') ?? false))
    .map(({ name, linkTarget }) => ({ folder: name, path: `${places.customNodes}/${name}`, linkTarget }))
}

/** A node that can be got again; `entry` where the manifest has to learn of it. */
type Known = { readonly locked: LockedNode; readonly entry: WantedNode | undefined }

// What we checked out ourselves has digests that the folder does not tell; they count while it is still at the same pin.
function asKnown({ facts, wanted }: NodesScene, found: LockedNode): Known {
  const key = found.folder.toLowerCase()
  const node = wanted.nodes.find(({ folder }) => folder.toLowerCase() === key)
  const ours = facts.nodeRecords.checkouts.get(key)?.locked
  const isOurs =
    ours?.source.kind === found.source.kind && ours.commit === found.commit && ours.version === found.version
  const locked = isOurs ? ours : found
  const isAsked = node !== undefined && lockedFor(node, [{ ...EMPTY_LOCK, nodes: [locked] }]) !== undefined
  return { locked, entry: isAsked ? undefined : asWanted(locked, node) }
}

// Files that this program would refuse are of no use to another workspace.
function writable(all: readonly Known[]): {
  readonly known: readonly Known[]
  readonly leftOut: readonly string[]
} {
  const taken = new Map<string, string>()
  const known: Known[] = []
  const leftOut: string[] = []
  for (const each of all) {
    const { folder } = each.locked
    const twin = taken.get(folder.toLowerCase())
    const fault =
      twin === undefined ? faultOf(each) : `Its name differs from ${twin} only in the case of letters.`
    if (fault !== undefined) leftOut.push(`${folder} is not written down: ${fault}`)
    else {
      taken.set(folder.toLowerCase(), folder)
      known.push(each)
    }
  }
  return { known, leftOut }
}

function faultOf({ locked }: Known): string | undefined {
  const entry = readEntry(writtenEntry(asWanted(locked, undefined)), '/')
  if ('fault' in entry) return entry.fault
  const read = parseLock(lockText({ ...EMPTY_LOCK, nodes: [locked] }), locked.folder)
  return 'problem' in read ? read.problem.toJSON().why : undefined
}

function asWanted({ folder, source }: LockedNode, node: WantedNode | undefined): WantedNode {
  const options = { enabled: true, required: false, onlyIf: [], env: {}, requirements: undefined, from: '' }
  return { ...options, ...node, folder, source }
}

// A commit alone is locked: what was changed since is in no commit, and another workspace does not get it.
async function changedSince(
  host: Host,
  { places: { layout, customNodes } }: NodesScene,
  { known, signal }: { readonly known: readonly Known[]; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const git = gitFor(host, { home: layout.personHome, signal })
  const notes: string[] = []
  for (const { locked } of known) {
    if (locked.commit === undefined) continue
    const reason = await changeIn(host, `${customNodes}/${locked.folder}`, { locked, git })
    if (reason !== undefined)
      notes.push(`${locked.folder} is written down without what was changed in it: ${reason}.`)
  }
  return notes
}

type Found = { readonly at: NodeAt; readonly said: Identified }

function notesFor(
  found: readonly Found[],
  single: readonly string[],
  { scene, count }: { readonly scene: NodesScene; readonly count: number },
): readonly string[] {
  const { layout, customNodes } = scene.places
  return [
    `${count} ${count === 1 ? 'node is' : 'nodes are'} written down in ${layout.nodesManifest} and ${layout.nodesLock}.`,
    ...found.flatMap(({ at, said }) =>
      'unknown' in said ? [`${at.folder} is not written down: it ${said.unknown}.`] : [],
    ),
    ...(single.length === 0
      ? []
      : [`Files in ${customNodes} are not written down, only folders: ${single.join(', ')}.`]),
  ]
}
