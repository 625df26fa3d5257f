import { stat } from 'node:fs/promises'
import type { TreeEntry } from '../../base/tree-entry.ts'
import type { WalkOptions } from './copy-options.ts'
import { Crew } from './crew.ts'
import { codeOf } from './system-error.ts'
import { threadsFor } from './threads-for.ts'

/** All entries below a folder, sorted by path (bytes of the escaped text); none where there is no folder. Links are not followed. */
export async function walk(path: string, options: WalkOptions = {}): Promise<readonly TreeEntry[]> {
  options.signal?.throwIfAborted()
  if (!(await isFolder(path))) return []
  const entries: TreeEntry[] = []
  const crew = new Crew({
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
  try {
    await crew.work([{ kind: 'folders', paths: [''] }])
    return entries.sort((a, b) => (a.path < b.path ? -1 : 1))
  } finally {
    crew.end()
  }
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
