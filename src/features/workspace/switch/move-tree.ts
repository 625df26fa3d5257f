import { dirname } from 'node:path'
import { TREES } from '../../../base/layout.ts'
import { pathBytes } from '../../../base/tree-path.ts'
import { LOST_AND_FOUND } from '../../../facts/look-changes.ts'
import type { Host } from '../../../host/host.ts'
import { mountAt, mountsBelow } from './mounts-below.ts'
import { moveEntry, withRights } from './move-entry.ts'

/** What moving needs to know: mount points at or below the tree's place. */
type Around = { readonly host: Host; readonly mounts: readonly string[] }

/**
 * Moves a tree into or out of its place: by one rename or, where something is mounted there or a part was moved already, entry by
 * entry around the mounts, which stay with what is in them. What lies at the target under the name of a file keeps a name of
 * its own beside it. Already moved is fine. A crash leaves each entry at one place or the other.
 */
export async function moveTree({ host, mounts }: Around, from: string, to: string): Promise<void> {
  if ((await host.fs.look(from)) === undefined) return
  const points = [...mountsBelow(from, mounts), ...mountsBelow(to, mounts)]
  const isMount = mounts.includes(from) || mounts.includes(to)
  if (!isMount && points.length === 0 && (await host.fs.look(to)) === undefined) {
    await host.fs.makeFolder(dirname(to))
    return moveEntry(host, from, to, { sync: true })
  }
  await moveInto({ host, from, to, mounts, points, isMount }, '')
  await withRights(host, () => host.fs.sync(to))
}

/** `points` are mounts relative to both places; `isMount` says that one of the places is a mount itself. */
type Moving = Around & {
  readonly from: string
  readonly to: string
  readonly points: readonly string[]
  readonly isMount: boolean
}

// A folder that a mount needs stays; every other one goes when it is empty.
async function moveInto(moving: Moving, path: string): Promise<void> {
  const { host, points, isMount } = moving
  const [source, target] = [pathBytes(moving.from, path), pathBytes(moving.to, path)]
  const names = (await withRights(host, () => host.fs.names(source))) ?? []
  if ((await host.fs.look(target)) === undefined) await host.fs.makeFolder(target)
  await takeOwner(moving, source, target)
  for (const name of names) await moveOne(moving, path === '' ? name : `${path}/${name}`)
  if (mountAt(points, path) === undefined && !(isMount && path === ''))
    await withRights(host, () => host.fs.removeEmpty(source))
}

async function moveOne(moving: Moving, path: string): Promise<void> {
  const { host, points, isMount } = moving
  if (path === TREES || (isMount && path === LOST_AND_FOUND)) return
  const at = mountAt(points, path)
  if (at === 'on') return
  const [source, target] = [pathBytes(moving.from, path), pathBytes(moving.to, path)]
  const [leaving, there] = [await look(host, source), await look(host, target)]
  const isFolder = leaving?.kind === 'folder'
  if (isFolder && (there?.kind === 'folder' || (at === 'above' && there === undefined)))
    return moveInto(moving, path)
  if (at === 'above') return
  if (there !== undefined) await moveEntry(host, target, await freeName(moving, path))
  await moveEntry(host, source, target)
}

async function freeName({ host, to }: Moving, path: string): Promise<Uint8Array> {
  for (let count = 2; ; count++) {
    const name = pathBytes(to, `${path}-${count}`)
    if ((await look(host, name)) === undefined) return name
  }
}

function look(host: Host, path: Uint8Array) {
  return withRights(host, () => host.fs.look(path))
}

// A runtime makes the folders above a mount point as root: nobody else could put anything beside the mount. Where we never
// were root, what is put there says why it cannot be.
async function takeOwner({ host, mounts }: Moving, from: Uint8Array, to: Uint8Array): Promise<void> {
  if (mounts.some((point) => Buffer.from(point).equals(to))) return
  const [giver, taker] = [await look(host, from), await look(host, to)]
  if (giver === undefined || giver.uid === 0 || taker?.uid !== 0) return
  await host.users.asStarted(() => host.fs.own(to, giver.uid, giver.gid)).catch(() => {})
}
