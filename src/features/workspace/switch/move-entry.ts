import { systemCode } from '../../../base/problem.ts'
import type { Host } from '../../../host/host.ts'
import type { Path } from '../../../host/path.ts'

/**
 * Moves one entry to another folder of the same filesystem: as the person and, where they are refused, as whoever we were started
 * as. A folder of somebody else's, made by a `git clone` as root, say, can be moved by root alone. A crash leaves it at one
 * place or the other; `sync` brings that to the disk.
 */
export function moveEntry(host: Host, from: Path, to: Path, { sync } = { sync: false }): Promise<void> {
  return withRights(host, () => host.fs.rename(from, to, { sync }))
}

/**
 * Removes a folder with all that is in it, as root where it holds something of root's; false where neither may, and where paths
 * in it are longer than the system takes.
 */
export async function removeAll(host: Host, path: string): Promise<boolean> {
  const remove = () => withRights(host, () => host.fs.remove(path))
  try {
    await remove().catch((error) => {
      if (!isTooLong(error)) throw error
      return remove()
    })
    return true
  } catch (error) {
    if (!isRefused(error) && !isTooLong(error)) throw error
    return false
  }
}

/** Does something as the person and, where the system refuses them, once more as whoever we were started as. */
export async function withRights<T>(host: Host, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!isRefused(error)) throw error
    return host.users.asStarted(act)
  }
}

function isTooLong(error: unknown): boolean {
  return systemCode(error) === 'ENAMETOOLONG'
}

/** True for an error that says: somebody else might. */
export function isRefused(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'EACCES' || code === 'EPERM'
}
