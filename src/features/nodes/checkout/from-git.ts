import { Problem } from '../../../base/problem.ts'
import { readCommit } from '../../../facts/git-commit.ts'
import type { Host } from '../../../host/host.ts'
import { copyVendored } from './copy-vendored.ts'
import { fetchGit, protocolsFor } from './fetch-git.ts'
import { type GitWanted, must, problemOf } from './git-problem.ts'
import { msLeft, withTries } from './time-left.ts'
import type { Getting } from './to-check-out.ts'

/** Fills the staged folder with a repository’s files and its submodules’; gives the commit. */
export async function fromGit(host: Host, wanted: GitWanted, getting: Getting): Promise<string> {
  if (!(await copyVendored(host, wanted, getting))) {
    if (getting.settings.offline) throw offline(wanted, getting, describe(wanted))
    await fetchGit(host, wanted, getting)
  }
  await getSubmodules(host, wanted, getting)
  await getLargeFiles(host, wanted, getting)
  const commit = await readCommit(host.fs, wanted.staged)
  if (commit === undefined)
    throw problemOf({ fault: 'refused', reason: 'it answers without any branch' }, wanted)
  return commit
}

function describe({ url, ref, commit }: GitWanted): string {
  const at = commit ?? ref
  return at === undefined ? url : `${url}@${at}`
}

function offline({ name }: GitWanted, { settings }: Getting, source: string): Problem {
  return new Problem('NODE_OFFLINE', { name, source, vendor: settings.vendorFolder })
}

async function getSubmodules(host: Host, wanted: GitWanted, getting: Getting): Promise<void> {
  const { staged, url } = wanted
  if ((await host.fs.look(`${staged}/.gitmodules`)) === undefined) return
  const protocols = getting.settings.offline ? 'none' : protocolsFor(url)
  const args = [
    '-C',
    staged,
    'submodule',
    '--quiet',
    'update',
    '--init',
    '--recursive',
    '--depth',
    '1',
    '--jobs',
    '4',
  ]
  await withTries(host, { url, getting }, async () => {
    const run = await getting.git(args, { timeoutMs: msLeft(host, getting), protocols })
    if (run.kind === 'done') return
    throw getting.settings.offline ? offline(wanted, getting, 'its submodules') : problemOf(run, wanted)
  })
}

// Without the filters of git-lfs in its own settings, git would call every large file changed.
async function getLargeFiles(host: Host, wanted: GitWanted, getting: Getting): Promise<void> {
  const { staged, url, name } = wanted
  const attributes = await host.fs.readText(`${staged}/.gitattributes`)
  if (attributes === undefined || !/\bfilter=lfs\b/.test(attributes)) return
  const lfs = (...args: readonly string[]) =>
    getting.git(['-C', staged, 'lfs', ...args], {
      timeoutMs: msLeft(host, getting),
      protocols: protocolsFor(url),
    })
  const reason = getting.settings.offline
    ? 'COMFY_OFFLINE is on'
    : (await lfs('version')).kind === 'failed'
      ? 'git-lfs is not installed'
      : undefined
  if (reason !== undefined) {
    getting.onNote?.(`${name} keeps large files with git-lfs, and they are not there: ${reason}.`)
    return
  }
  await must(lfs('install', '--local', '--skip-repo'), wanted)
  await withTries(host, { url, getting }, () => must(lfs('pull'), wanted))
}
