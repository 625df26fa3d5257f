import type { Tell } from '../base/event.ts'
import { CONTROL_SOCKET, runtimeFolders } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import type { FileEntry } from '../host/fs.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'

/**
 * Path for the control socket, in the first folder that takes it. It must be on a local filesystem, so it does not lie in
 * the workspace. A folder in which somebody else could put a socket of theirs in its place is told and passed over;
 * undefined where no folder is left.
 */
export async function controlSocket(
  host: Host,
  { runtimeFolder, instance }: Pick<Settings, 'runtimeFolder' | 'instance'>,
  tell: Tell,
): Promise<string | undefined> {
  for (const folder of runtimeFolders(runtimeFolder, instance)) {
    try {
      await host.fs.makeFolder(folder, 0o700)
      const why = await strangeness(host, folder)
      if (why !== undefined)
        tell({ type: 'problem', problem: new Problem('CONTROL_FOLDER_STRANGE', { folder, why }) })
      else if ((await host.fs.tryOut(folder)).create === undefined) return `${folder}/${CONTROL_SOCKET}`
    } catch {
      // the next folder is tried; without any, only reading over TCP is left
    }
  }
  return undefined
}

const OTHERS_WRITE = 0o002
const STICKY = 0o1000

// Whoever owns a link decides where it leads, and whoever owns the folder what lies in it.
async function strangeness({ fs, users }: Host, folder: string): Promise<string | undefined> {
  const us = users.actingUid()
  const [named, found] = [await fs.look(folder), await fs.follow(folder)]
  for (const entry of [named, found])
    if (entry !== undefined && entry.uid !== 0 && entry.uid !== us)
      return `it belongs to user ${entry.uid}, and comfy-init acts as ${us}`
  return found === undefined || !isOpen(found)
    ? undefined
    : `its mode ${found.mode.toString(8)} lets everybody write`
}

function isOpen({ mode }: FileEntry): boolean {
  return (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0
}
