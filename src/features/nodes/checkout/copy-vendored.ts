import { vendorIn } from '../../../base/node-places.ts'
import type { Host } from '../../../host/host.ts'
import type { GitRun } from '../git.ts'
import { ALL_BRANCHES } from './fetch-git.ts'
import { type GitWanted, must } from './git-problem.ts'
import { msLeft } from './time-left.ts'
import type { Getting } from './to-check-out.ts'

/**
 * Takes a repository from the vendor folder, where it is there and has what is wanted. It is copied as it is: git itself would
 * refuse to fetch from a repository of another owner. Its origin is the real address then.
 */
export async function copyVendored(host: Host, wanted: GitWanted, getting: Getting): Promise<boolean> {
  const { staged, url } = wanted
  const from = `${vendorIn(getting.settings.vendorFolder).repositories}/${wanted.name}.git`
  if ((await host.fs.follow(from))?.kind !== 'folder') return false
  const run = (...args: readonly string[]) =>
    getting.git(args, { timeoutMs: msLeft(host, getting), protocols: 'none' })
  const inside = (...args: readonly string[]) => run('-C', staged, ...args)
  const found = await resolve((...args) => run('--git-dir', from, ...args), wanted)
  if (found === undefined) return false
  await host.fs.makeFolder(staged)
  await host.fs.copyTree(from, `${staged}/.git`, { signal: getting.signal })
  await must(inside('pack-refs', '--all'), wanted)
  await makeRemote(host, `${staged}/.git/packed-refs`)
  await must(inside('config', 'core.bare', 'false'), wanted)
  await inside('config', '--remove-section', 'remote.origin')
  await must(inside('remote', 'add', 'origin', '--', url), wanted)
  await must(inside('config', '--replace-all', 'remote.origin.fetch', ALL_BRANCHES), wanted)
  const { commit, branch } = found
  const as = branch === undefined ? ['--detach'] : ['-B', branch]
  await must(inside('checkout', '--quiet', '--force', ...as, commit), wanted)
  if (branch !== undefined) {
    await must(inside('config', `branch.${branch}.remote`, 'origin'), wanted)
    await must(inside('config', `branch.${branch}.merge`, `refs/heads/${branch}`), wanted)
  }
  return true
}

// Its branches are the server’s; a local one would be work of a user’s. git sorts what does not say that it is sorted.
async function makeRemote(host: Host, packedRefs: string): Promise<void> {
  const text = (await host.fs.readText(packedRefs)) ?? ''
  const refs = text.replace(/^#.*\n/m, '# pack-refs with: peeled fully-peeled\n')
  const remote = refs.replace(/^(\w+ refs)\/heads\//gm, '$1/remotes/origin/')
  await host.fs.replace(packedRefs, Buffer.from(remote), 0o644)
}

type Found = { readonly commit: string; readonly branch: string | undefined }

async function resolve(
  git: (...args: readonly string[]) => Promise<GitRun>,
  { commit, ref }: GitWanted,
): Promise<Found | undefined> {
  const text = async (...args: readonly string[]) => {
    const run = await git(...args)
    return run.kind === 'done' ? run.stdout.trim() : undefined
  }
  const commitAt = (rev: string) =>
    text('rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`)
  const found = await commitAt(commit ?? ref ?? 'HEAD')
  if (found === undefined) return undefined
  const branch = ref ?? (await text('symbolic-ref', '--quiet', '--short', 'HEAD'))
  const isTip = branch !== undefined && (await commitAt(`refs/heads/${branch}`)) === found
  return { commit: found, branch: isTip ? branch : undefined }
}
