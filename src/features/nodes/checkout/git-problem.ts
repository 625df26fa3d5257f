import { Problem } from '../../../base/problem.ts'
import type { GitRun } from '../git.ts'
import type { GitFault } from './git-fault.ts'

/** A repository to get: `commit` when exactly that is wanted; `url` without credentials. */
export type GitWanted = {
  readonly name: string
  readonly url: string
  readonly ref: string | undefined
  readonly commit: string | undefined
  readonly staged: string
  /** The branch that the commit is on, where that is known. */
  readonly branch?: string | undefined
}

/** What git printed; throws the problem when it did not work. */
export async function must(running: Promise<GitRun>, wanted: GitWanted): Promise<string> {
  const run = await running
  if (run.kind === 'failed') throw problemOf(run, wanted)
  return run.stdout
}

/** The problem that git’s fault is. */
export function problemOf(
  { fault, reason }: GitFault,
  { name, url, ref, commit, staged }: GitWanted,
): Problem {
  switch (fault) {
    case 'unreachable':
      return new Problem('NODE_UNREACHABLE', { name, url, reason })
    case 'refused':
      return new Problem('NODE_REFUSED', { name, url, reason })
    case 'absent':
      return new Problem('NODE_REF_ABSENT', { name, url, ref: commit ?? ref ?? 'HEAD' })
    case 'full':
      return new Problem('NODE_NOT_WRITTEN', { name, path: staged, code: 'ENOSPC' })
    case 'local':
      return new Problem('NODE_NOT_WRITTEN', { name, path: staged, code: reason })
    case 'other':
      return new Problem('NODE_CLONE_FAILED', { name, url, reason })
  }
}
