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
  // An archive brings none.
  if ((await host.fs.look(`${folder}/.git`)) !== undefined) return 'it has a git folder of its own'
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
  const changed = namesIn(status.stdout).map((each) => each.slice(3))
  if (changed.length > 0) return `${some(changed)} changed`
  const work = (...args: readonly string[]) => git(['--no-optional-locks', '-C', folder, ...args])
  // A small letter stands for assume-unchanged, S for skip-worktree: git does not look at such a file.
  const listed = await work('ls-files', '-v', '-z')
  if (listed.kind === 'failed') return `git cannot say which files it passes over (${listed.reason})`
  const passedOver = namesIn(listed.stdout).filter((each) => /^[a-zS] /.test(each))
  if (passedOver.length > 0)
    return `git was told to pass over changes of ${some(passedOver.map((each) => each.slice(2)))}`
  // Branches and the stash: whatever the server had when it was asked last is not only here.
  const ours = ['--exclude=refs/tags/*', '--all', '--not', '--remotes', commit]
  const only = await work('rev-list', '--max-count=1', ...ours)
  if (only.kind === 'failed') return `git cannot say whether it holds work of its own (${only.reason})`
  const [found] = only.stdout.split('\n')
  return found ? `the commit ${found.slice(0, 12)}, of a branch or the stash, is only here` : undefined
}

function namesIn(stdout: string): readonly string[] {
  return stdout.split('\0').filter((each) => each !== '')
}

function some([first = '', ...more]: readonly string[]): string {
  return `${first}${more.length === 0 ? '' : ` and ${more.length} more`}`
}
