import type { LockedNode } from '../../../base/node.ts'
import { readCommit } from '../../../facts/git-commit.ts'
import type { Host } from '../../../host/host.ts'
import type { Git } from '../git.ts'
import { readMarker } from './marker.ts'
import { treeDigest } from './tree-digest.ts'

/** Why a checkout is not as we made it, in words without a full stop; undefined when it is. Files that were added do not count. */
export async function changeIn(
  host: Host,
  folder: string,
  { locked, git }: { readonly locked: LockedNode; readonly git: Git },
): Promise<string | undefined> {
  if (locked.source.kind === 'path') {
    const isSame = (await host.fs.readLink(folder)) === locked.source.path
    return isSame ? undefined : `it does not lead to ${locked.source.path}`
  }
  if (locked.commit !== undefined) return changeInRepository(host, folder, { commit: locked.commit, git })
  const members = (await readMarker(host.fs, folder))?.members
  const found = await treeDigest(host, folder, members === undefined ? undefined : new Set(members))
  return found === locked.tree ? undefined : 'files of it were changed or removed'
}

/** Whether a checkout is as we made it, apart from files that were added. */
export async function isUnchanged(
  host: Host,
  folder: string,
  about: { readonly locked: LockedNode; readonly git: Git },
): Promise<boolean> {
  return (await changeIn(host, folder, about)) === undefined
}

async function changeInRepository(
  host: Host,
  folder: string,
  { commit, git }: { readonly commit: string; readonly git: Git },
): Promise<string | undefined> {
  const head = await readCommit(host.fs, folder)
  if (head !== commit)
    return `it is at the commit ${head ?? 'of nothing'}, and comfy-init left it at ${commit}`
  const ignored = ['--untracked-files=no', '--ignore-submodules=untracked']
  const status = await git(['--no-optional-locks', '-C', folder, 'status', '--porcelain', '-z', ...ignored])
  if (status.kind === 'failed') return `git cannot say whether it was changed (${status.reason})`
  const [first, ...more] = status.stdout.split('\0').filter((each) => each !== '')
  if (first === undefined) return undefined
  return `${first.slice(3)}${more.length === 0 ? '' : ` and ${more.length} more`} changed`
}
