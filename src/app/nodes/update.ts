import type { LockedNode, WantedNode } from '../../base/node.ts'
import { Problem } from '../../base/problem.ts'
import { nearest } from '../../base/text.ts'
import { changeIn } from '../../features/nodes/checkout/unchanged.ts'
import { isSamePin } from '../../features/nodes/choose.ts'
import { gitFor } from '../../features/nodes/git.ts'
import { withNodes } from '../../features/nodes/lock/merge-locks.ts'
import { readLocks } from '../../features/nodes/lock/read-locks.ts'
import type { Host } from '../../host/host.ts'
import type { Input } from '../input.ts'
import { actOnNodes, type NodesActing, type NodesDone, type Prepared } from './act.ts'
import { decideSync } from './decide-nodes.ts'
import { knownPin } from './lock.ts'
import { readOwnLock, writeOwnLock } from './own-files.ts'
import { pinOf } from './pin.ts'
import { resolveNodes } from './resolve.ts'
import type { NodesScene } from './view.ts'

/**
 * Locks the newest of these nodes, or of all, that the manifests allow, and gets what is another one than before. Throws NODE_UNKNOWN
 * for a name that nothing asks for. A crash leaves a lock that the next start follows.
 */
export function updateNodes(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
  names: readonly string[],
): Promise<NodesDone> {
  return actOnNodes(host, input, {
    decide: decideSync,
    prepare: (_, acting) => prepare(host, acting, names),
  })
}

async function prepare(
  host: Host,
  { scene, signal }: NodesActing,
  names: readonly string[],
): Promise<Prepared> {
  const nodes = chosen(scene, names)
  const { locks } = readLocks(scene.facts.nodeRecords.locks)
  const resolved = await resolveNodes(host, scene, { nodes, signal })
  const moved = resolved.flatMap((each) => {
    if (!('locked' in each)) return []
    const before = knownPin(scene, each.node, locks)
    return before === undefined || isSame(before, each.locked) ? [] : [{ before, now: each.locked }]
  })
  const { free, problems } = await withoutChanged(host, scene, { moved, signal })
  const pins = free.map(({ now }) => now)
  if (pins.length > 0) await writeOwnLock(host, scene, withNodes(await readOwnLock(host, scene), pins))
  return {
    notes: free.map(({ before, now }) => `${now.folder}: ${short(before)} → ${short(now)}`),
    problems: [...problems, ...resolved.flatMap((each) => ('problem' in each ? [each.problem] : []))],
  }
}

type Move = { readonly before: LockedNode; readonly now: LockedNode }

// What somebody changed stays as it is, and so does its pin: a lock that nothing can follow would be a problem at every start.
async function withoutChanged(
  host: Host,
  { settings, facts, places }: NodesScene,
  { moved, signal }: { readonly moved: readonly Move[]; readonly signal: AbortSignal },
): Promise<{ readonly free: readonly Move[]; readonly problems: readonly Problem[] }> {
  const home = places.layout.personHome
  const git = gitFor(host, { home, credentials: settings.gitCredentials, signal })
  const free: Move[] = []
  const problems: Problem[] = []
  for (const move of moved) {
    const { folder } = move.now
    const lying = facts.nodeRecords.checkouts.get(folder.toLowerCase())?.locked
    const path = `${places.customNodes}/${folder}`
    const isThere = lying !== undefined && (await host.fs.follow(path)) !== undefined
    const reason = isThere ? await changeIn(host, path, { locked: lying, git }) : undefined
    if (reason === undefined) free.push(move)
    else
      problems.push(new Problem('NODE_CHANGED_LOCALLY', { name: folder, path, reason }, { level: 'warning' }))
  }
  return { free, problems }
}

// Where the same version is meant, its archive’s digest is only known to the older one.
function isSame(before: LockedNode, now: LockedNode): boolean {
  return isSamePin(before, now) || (now.version !== undefined && now.version === before.version)
}

function chosen({ wanted }: NodesScene, names: readonly string[]): readonly WantedNode[] {
  const movable = wanted.nodes.filter(({ enabled, source }) => enabled && source.kind !== 'path')
  if (names.length === 0) return movable
  return names.map((name) => {
    const node = movable.find(({ folder }) => folder.toLowerCase() === name.toLowerCase())
    if (node !== undefined) return node
    const near = nearest(
      name,
      movable.map(({ folder }) => folder),
    )
    throw new Problem('NODE_UNKNOWN', { name, near, what: 'node' })
  })
}

function short(locked: LockedNode): string {
  const pin = pinOf(locked) ?? 'unknown'
  return /^[0-9a-f]{40,64}$/.test(pin) ? pin.slice(0, 12) : pin
}
