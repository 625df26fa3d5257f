import { systemCode } from '../../../base/problem.ts'
import type { Host } from '../../../host/host.ts'
import type { Path } from '../../../host/path.ts'

/**
 * Moves one entry to another folder of the same filesystem. A folder of somebody else's, made by a `git clone` as root, say,
 * can be moved by root alone; where we never were root it is copied, and the original stays. A crash of the copy leaves a
 * part of it under another name.
 */
export async function moveEntry(host: Host, from: Path, to: Path): Promise<void> {
  const move = () => host.fs.rename(from, to, { sync: false })
  try {
    await move()
  } catch (error) {
    if (!isRefused(error)) throw error
    await host.users.asStarted(move).catch((again) => {
      if (!isRefused(again)) throw again
      return copyOver(host, from, to)
    })
  }
}

/** Removes a folder with all that is in it, as root where it holds something of root's; false where neither may. */
export async function removeAll(host: Host, path: string): Promise<boolean> {
  const remove = () => host.fs.remove(path)
  try {
    await remove()
    return true
  } catch (error) {
    if (!isRefused(error)) throw error
    return host.users.asStarted(remove).then(
      () => true,
      (again) => {
        if (!isRefused(again)) throw again
        return false
      },
    )
  }
}

async function copyOver(host: Host, from: Path, to: Path): Promise<void> {
  const partial = Buffer.concat([Buffer.from(to), Buffer.from('.comfy-init-partial')])
  await host.fs.copy(from, partial)
  await host.fs.rename(partial, to)
}

function isRefused(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'EACCES' || code === 'EPERM'
}
