import { stat } from 'node:fs/promises'
import type { TreeEntry } from '../../base/tree-entry.ts'
import { withWorkers } from './at-once.ts'
import type { WalkOptions } from './copy-options.ts'
import type { Order } from './crew.ts'
import { codeOf } from './system-error.ts'
import { threadsFor } from './threads-for.ts'

/** All entries below a folder, sorted by path (bytes of the escaped text); none where there is no folder. Links are not followed. */
export async function walk(path: string, options: WalkOptions = {}): Promise<readonly TreeEntry[]> {
  options.signal?.throwIfAborted()
  if (!(await isFolder(path))) return []
  let entries: TreeEntry[] = []
  const order = (): Order => ({
    task: 'walk',
    from: path,
    to: '',
    resume: 'time',
    skip: options.skip ?? [],
    plain: options.plain ?? false,
    threads: threadsFor(options.width),
    onFinding: (finding) => {
      if (finding.kind === 'entry') entries.push(finding.entry)
      return []
    },
    signal: options.signal,
  })
  return withWorkers(order, async (workers) => {
    entries = []
    await workers.work([{ kind: 'folders', paths: [''] }])
    return entries.sort((a, b) => (a.path < b.path ? -1 : 1))
  })
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (ABSENT.has(codeOf(error) ?? '')) return false
    throw error
  }
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR'])
