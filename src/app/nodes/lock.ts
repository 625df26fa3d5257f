import type { LockedNode, NodesLock, PackagePin, WantedNode } from '../../base/node.ts'
import type { Problem, ProblemText, Runtime } from '../../base/problem.ts'
import { distributionsIn, packageName } from '../../facts/distributions.ts'
import type { Overlay } from '../../facts/node-facts.ts'
import { overlayPaths } from '../../facts/overlay-paths.ts'
import { lockText } from '../../features/nodes/lock/lock-text.ts'
import { lockedFor } from '../../features/nodes/lock/locked-for.ts'
import { EMPTY_LOCK } from '../../features/nodes/lock/merge-locks.ts'
import { readLocks } from '../../features/nodes/lock/read-locks.ts'
import { isBuiltInManager } from '../../features/nodes/manager/is-built-in.ts'
import type { Host } from '../../host/host.ts'
import type { Input } from '../input.ts'
import { beginActing } from '../workspace/acting.ts'
import { glance } from '../workspace/glance.ts'
import { holdNodes } from './hold.ts'
import { writeOwnLock } from './own-files.ts'
import { resolveNodes } from './resolve.ts'
import { type NodesScene, sceneOf } from './view.ts'

/** A lock of all that is asked for, as it is written, and what could not be found out. */
export type LockMade = {
  readonly runtime: Runtime
  readonly lock: NodesLock
  readonly text: string
  /** Where it was written; undefined where it was only asked for. */
  readonly path: string | undefined
  /** Nodes whose pins were found out now; the others had one. */
  readonly resolved: readonly string[]
  readonly problems: readonly ProblemText[]
}

/**
 * Finds out exactly which nodes are asked for, without getting them. What is locked or lies there already keeps its pin.
 * With `write` the workspace’s lock is replaced; a crash leaves the old one or the new one.
 */
export async function lockNodes(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
  { write }: { readonly write: boolean },
): Promise<LockMade> {
  const { settings, tell, stop } = await beginActing(host, input)
  const facts = await glance(host, settings)
  const make = () => lockOf(host, sceneOf(settings, facts), stop.signal)
  if (!write) return { ...(await make()), path: undefined }
  const hold = await holdNodes(host, { settings, facts }, { tell, signal: stop.signal })
  try {
    const scene = sceneOf(settings, await glance(host, settings))
    const made = await make()
    await writeOwnLock(host, scene, made.lock)
    return { ...made, path: scene.places.layout.nodesLock }
  } finally {
    await hold.release()
  }
}

/** A lock of all that is asked for, as `lockNodes` makes it, and which pins were found out for it. */
export async function lockOf(
  host: Host,
  scene: NodesScene,
  signal: AbortSignal,
): Promise<Omit<LockMade, 'path'>> {
  const { facts, places, wanted } = scene
  const read = readLocks(facts.nodeRecords.locks)
  // What ComfyUI brings itself is never checked out.
  const separate = wanted.nodes.filter((node) => !isBuiltInManager(node, facts, places))
  const known = separate.map((node) => knownPin(scene, node, read.locks))
  const unknown = separate.filter((_, at) => known[at] === undefined)
  const resolved = await resolveNodes(host, scene, { nodes: unknown, signal })
  const found = resolved.flatMap((each) => ('locked' in each ? [each.locked] : []))
  const nodes = [...known.filter((each) => each !== undefined), ...found]
  const lock = await lockWith(host, scene, { nodes, before: read.locks })
  const problems: readonly Problem[] = [
    ...wanted.problems,
    ...read.problems,
    ...resolved.flatMap((each) => ('problem' in each ? [each.problem] : [])),
  ]
  return {
    runtime: facts.runtime,
    lock,
    text: lockText(lock),
    resolved: found.map(({ folder }) => folder),
    problems: problems.map((problem) => problem.in(facts.runtime)),
  }
}

/** What a wanted node is held to already: by a lock, or since it was checked out in the same way. */
export function knownPin(
  { facts }: Pick<NodesScene, 'facts'>,
  node: WantedNode,
  locks: readonly NodesLock[],
): LockedNode | undefined {
  const lying = facts.nodeRecords.checkouts.get(node.folder.toLowerCase())?.locked
  const here = lying === undefined ? [] : [{ ...EMPTY_LOCK, nodes: [lying] }]
  return lockedFor(node, [...locks, ...here])
}

/** What a lock is made of beside what is installed. */
type Parts = { readonly nodes: readonly LockedNode[]; readonly before: readonly NodesLock[] }

/** A lock with these nodes, the packages in use or else those of an earlier lock, and the ComfyUI they were chosen with. */
export async function lockWith(
  host: Host,
  { facts }: Pick<NodesScene, 'facts'>,
  { nodes, before }: Parts,
): Promise<NodesLock> {
  const running = facts.adopted ?? facts.image
  const overlay = facts.packages?.current
  const kept = before.find(({ packages }) => packages.length > 0)
  const { version, commit } = running ?? {}
  const core = {
    ...(version === undefined ? {} : { version }),
    ...(commit === undefined ? {} : { commit }),
  }
  return {
    version: 1,
    comfyui: Object.keys(core).length === 0 ? undefined : core,
    identity: overlay?.record.identity ?? kept?.identity,
    nodes,
    packages: overlay === undefined ? (kept?.packages ?? []) : await packagesIn(host, overlay),
  }
}

// What somebody installed by hand is nobody’s requirement, and another workspace would lack it.
async function packagesIn({ fs }: Host, { path, record }: Overlay): Promise<readonly PackagePin[]> {
  const { packages, identity } = record
  const { site } = overlayPaths(path, identity.python)
  const known = new Set(packages.map(({ name }) => packageName(name)))
  const added = ((await distributionsIn(fs, site)) ?? []).filter(({ name }) => !known.has(name))
  return [...packages, ...added.map(({ name, version }) => ({ name, version, for: [] }))]
}
