import { Problem, systemCode } from '../../base/problem.ts'
import type { Step } from '../../engine/plan.ts'
import type { Host } from '../../host/host.ts'

/** A folder to make; `mode` 0o755 unless said otherwise, less the umask. */
type Folder = { readonly path: string; readonly mode?: number }

/** Makes folders that are missing. A crash leaves some of them; the next boot makes the rest. */
export function makeFolders(id: string, title: string, folders: readonly Folder[]): Step {
  return {
    id,
    title,
    changes: folders.map((each) => each.path),
    ifFails: 'stop',
    async apply(host) {
      let made = false
      for (const folder of folders) made = (await makeFolder(host, folder)) || made
      return made ? 'done' : 'not-needed'
    },
  }
}

async function makeFolder(host: Host, { path, mode = 0o755 }: Folder): Promise<boolean> {
  if ((await host.fs.follow(path))?.kind === 'folder') return false
  try {
    await host.fs.makeFolder(path, mode)
    return true
  } catch (error) {
    throw new Problem(
      'WORKSPACE_FOLDER_NOT_MADE',
      { path, code: systemCode(error) ?? 'EIO' },
      { cause: error },
    )
  }
}
