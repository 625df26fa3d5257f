import { dirname } from 'node:path'
import { TREES } from '../../../base/layout.ts'
import type { Host } from '../../../host/host.ts'
import { moveEntry } from './move-entry.ts'

/** What moving needs to know: mount points at or below the tree's place. */
type Moving = {
  readonly host: Host
  readonly layout: { readonly home: string }
  readonly mounts: readonly string[]
}

/**
 * Moves a tree into or out of its place: by one rename, or, where something is mounted there, entry by entry around the mounts,
 * which stay with what is in them. Already moved is fine. A crash leaves each entry at one place or the other.
 */
export async function moveTree(moving: Moving, from: string, to: string): Promise<void> {
  const { host, mounts } = moving
  if (mounts.length > 0) return moveEntries(moving, from, to)
  if ((await host.fs.look(from)) === undefined) return
  await host.fs.makeFolder(dirname(to))
  await host.fs.rename(from, to)
}

async function moveEntries(moving: Moving, from: string, to: string): Promise<void> {
  const { host } = moving
  const names = (await host.fs.list(from)) ?? []
  await host.fs.makeFolder(to)
  await takeOwner(moving, from, to)
  for (const name of names) {
    if (name === TREES) continue
    const source = `${from}/${name}`
    const target = `${to}/${name}`
    switch (mountedAt(moving, [source, target])) {
      case 'here':
        break
      case 'below':
        await moveEntries(moving, source, target)
        break
      case undefined:
        await moveEntry(host, source, target)
    }
  }
}

// A runtime makes the folders above a mount point as root: nobody else could put anything beside the mount. Where we never
// were root, what is put there says why it cannot be.
async function takeOwner({ host, mounts }: Moving, from: string, to: string): Promise<void> {
  if (mounts.includes(to)) return
  const [giver, taker] = [await host.fs.look(from), await host.fs.look(to)]
  if (giver === undefined || giver.uid === 0 || taker?.uid !== 0) return
  await host.users.asStarted(() => host.fs.own(to, giver.uid, giver.gid)).catch(() => {})
}

function mountedAt({ mounts }: Moving, paths: readonly string[]): 'here' | 'below' | undefined {
  if (paths.some((path) => mounts.includes(path))) return 'here'
  return paths.some((path) => mounts.some((point) => point.startsWith(`${path}/`))) ? 'below' : undefined
}
