import type { NodesLock } from '../../base/node.ts'
import { lockText } from '../../features/nodes/lock/lock-text.ts'
import { EMPTY_LOCK } from '../../features/nodes/lock/merge-locks.ts'
import { parseLock } from '../../features/nodes/lock/parse-lock.ts'
import type { Host } from '../../host/host.ts'
import type { NodesScene } from './view.ts'

/** The workspace’s own lock; an empty one where there is none. Throws NODES_LOCK_INVALID: what it holds must not be lost unseen. */
export async function readOwnLock({ fs }: Host, { places }: Pick<NodesScene, 'places'>): Promise<NodesLock> {
  const path = places.layout.nodesLock
  const text = await fs.readText(path)
  if (text === undefined) return EMPTY_LOCK
  const read = parseLock(text, path)
  if ('problem' in read) throw read.problem
  return read.lock
}

/** Replaces the workspace’s lock, unless it says the same already. A crash leaves the old one or the new one. */
export async function writeOwnLock(
  { fs }: Host,
  { places }: Pick<NodesScene, 'places'>,
  lock: NodesLock,
): Promise<void> {
  const path = places.layout.nodesLock
  const text = lockText(lock)
  if ((await fs.readText(path)) !== text) await fs.write(path, text)
}

/** The text of the workspace’s manifest; undefined where there is none. */
export function readOwnManifest(
  { fs }: Host,
  { places }: Pick<NodesScene, 'places'>,
): Promise<string | undefined> {
  return fs.readText(places.layout.nodesManifest)
}

/** Replaces the workspace’s manifest, unless it says the same already. A crash leaves the old one or the new one. */
export async function writeOwnManifest(
  { fs }: Host,
  { places }: Pick<NodesScene, 'places'>,
  text: string,
): Promise<void> {
  const path = places.layout.nodesManifest
  if ((await fs.readText(path)) !== text) await fs.write(path, text)
}
