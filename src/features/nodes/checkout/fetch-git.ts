import { Problem } from '../../../base/problem.ts'
import type { Host } from '../../../host/host.ts'
import { type GitRun, PROTOCOLS } from '../git.ts'
import { type GitWanted, must, problemOf } from './git-problem.ts'
import { removeQuietly } from './remove-quietly.ts'
import { msLeft, withTries } from './time-left.ts'
import type { Getting } from './to-check-out.ts'

/** Runs git with these arguments, in what is left of the node’s time. */
type Run = (args: readonly string[]) => Promise<GitRun>

/**
 * Gets a repository from where it lives, without its history where the server can do that. A branch stays checked out and
 * follows the server’s, so that it can be updated by hand or by ComfyUI-Manager; a tag or commit is checked out by itself.
 */
export async function fetchGit(host: Host, wanted: GitWanted, getting: Getting): Promise<void> {
  const options = { protocols: protocolsFor(wanted.url) }
  const run: Run = (args) => getting.git(args, { ...options, timeoutMs: msLeft(host, getting) })
  await withTries(host, { url: wanted.url, getting }, async () => {
    await removeQuietly(host, wanted.staged)
    const exact = exactly(wanted)
    try {
      if (exact === undefined) await cloneShallow(host, run, wanted)
      else await fetchExactly(host, run, { ...wanted, exact })
    } catch (error) {
      if (error instanceof Problem && error.code === 'NODE_REF_ABSENT') await refuseEmpty(run, wanted)
      throw error
    }
  })
}

/** Refuses a repository without any branch. A page that asks for a login may look like one to git: that is not for ever. */
async function refuseEmpty(run: Run, wanted: GitWanted): Promise<void> {
  const listed = await run(['ls-remote', '--quiet', '--heads', '--', wanted.url])
  if (listed.kind === 'failed' && ['unreachable', 'refused'].includes(listed.fault))
    throw problemOf(listed, wanted)
  if (listed.kind === 'done' && listed.stdout.trim() === '')
    throw problemOf({ fault: 'refused', reason: 'it answers without any branch' }, wanted)
}

/** Files of this machine are for repositories that lie on it: none from elsewhere may name them. */
export function protocolsFor(url: string): string {
  return url.startsWith('file:') ? `${PROTOCOLS}:file` : PROTOCOLS
}

/** All branches, whatever one was cloned: that is what whoever updates the node later expects. */
export const ALL_BRANCHES = '+refs/heads/*:refs/remotes/origin/*'

// These a server can be asked for without knowing which branches it has, which saves a round trip.
function exactly({ commit, ref }: GitWanted): string | undefined {
  if (commit !== undefined) return commit
  return ref !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64}|refs\/.+)$/.test(ref) ? ref : undefined
}

async function fetchExactly(
  host: Host,
  run: Run,
  { exact, ...wanted }: GitWanted & { readonly exact: string },
): Promise<void> {
  const { staged, url, branch } = wanted
  await must(run(['init', '--quiet', staged]), wanted)
  const origin = `[remote "origin"]\n\turl = ${quoted(url)}\n\tfetch = ${ALL_BRANCHES}\n`
  const follows =
    branch === undefined
      ? ''
      : `[branch ${quoted(branch)}]\n\tremote = origin\n\tmerge = refs/heads/${branch}\n`
  await changeSettings(host, staged, (text) => `${text}${origin}${follows}`)
  const fetched = await run(['-C', staged, 'fetch', '--quiet', '--no-tags', '--depth', '1', 'origin', exact])
  if (fetched.kind === 'done') {
    await must(run(['-C', staged, 'checkout', '--quiet', ...asBranch(wanted), 'FETCH_HEAD']), wanted)
    // Whether it goes on from there, the next fetch finds out: asking now would be one more round trip.
    if (branch !== undefined)
      await must(run(['-C', staged, 'update-ref', `refs/remotes/origin/${branch}`, 'HEAD']), wanted)
    return
  }
  if (fetched.fault !== 'absent' && fetched.fault !== 'other') throw problemOf(fetched, wanted)
  // A server that gives no single commits, or one without smarts, may have it in a branch all the same.
  await must(run(['-C', staged, 'fetch', '--quiet', '--tags', 'origin', ALL_BRANCHES]), wanted)
  await checkOutKnown(run, wanted, exact)
}

function asBranch({ branch }: GitWanted): readonly string[] {
  return branch === undefined ? ['--detach'] : ['-B', branch]
}

async function cloneShallow(host: Host, run: Run, wanted: GitWanted): Promise<void> {
  const { staged, url, ref } = wanted
  const branch = ref === undefined ? [] : ['--branch', ref]
  const clone = (...more: readonly string[]) =>
    run(['clone', '--quiet', ...more, ...branch, '--', url, staged])
  let cloned = await clone('--depth', '1')
  if (cloned.kind === 'failed' && /shallow/.test(cloned.reason)) cloned = await clone('--single-branch')
  if (cloned.kind === 'failed' && cloned.fault === 'absent' && isShortened(ref)) {
    await removeQuietly(host, staged)
    await must(run(['clone', '--quiet', '--no-checkout', '--', url, staged]), wanted)
    return checkOutKnown(run, wanted, ref)
  }
  if (cloned.kind === 'failed') throw problemOf(cloned, wanted)
  await changeSettings(host, staged, (text) => text.replace(/^\tfetch = .*$/m, `\tfetch = ${ALL_BRANCHES}`))
}

function isShortened(ref: string | undefined): ref is string {
  return ref !== undefined && /^[0-9a-f]{7,39}$/.test(ref)
}

async function checkOutKnown(run: Run, wanted: GitWanted, rev: string): Promise<void> {
  const found = await run(['-C', wanted.staged, 'rev-parse', '--verify', '--quiet', `${rev}^{commit}`])
  if (found.kind === 'failed') throw problemOf({ fault: 'absent', reason: found.reason }, wanted)
  await must(
    run(['-C', wanted.staged, 'checkout', '--quiet', ...asBranch(wanted), found.stdout.trim()]),
    wanted,
  )
}

// By hand, since starting git for a line takes as long as all else that is done on this machine.
async function changeSettings(host: Host, staged: string, change: (text: string) => string): Promise<void> {
  const path = `${staged}/.git/config`
  const text = (await host.fs.readText(path)) ?? ''
  await host.fs.replace(path, Buffer.from(change(text)), 0o644)
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
