import type { TreeEntry } from '../base/tree-entry.ts'

/** What a tree came with, by path. */
export type Came = ReadonlyMap<string, TreeEntry>

/**
 * Whether an entry is as it came: kind, and size and time of a file, or the target of a link. Modes do not count, nor what git
 * writes when it is only asked: its index again, of the same size, and at a fetch what it fetched.
 */
export function isSame(before: TreeEntry, now: TreeEntry): boolean {
  if (before.kind !== now.kind) return false
  switch (now.kind) {
    case 'file':
      if (now.path.endsWith('/.git/FETCH_HEAD')) return true
      return (
        before.bytes === now.bytes && (before.mtimeNs === now.mtimeNs || now.path.endsWith('/.git/index'))
      )
    case 'link':
      return before.target === now.target
    case 'folder':
    case 'other':
      return true
  }
}

/** Whether a folder of this path holds what Python compiled. */
export function isCache(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1) === '__pycache__'
}

/** Whether a path lies in a folder that is made again when it is needed: what Python compiled, or a venv that came with the tree. */
export function isMadeAgain(path: string, came: Came): boolean {
  return parentsOf(path).some((parent) => isCache(parent) || came.has(`${parent}/pyvenv.cfg`))
}

/** The folders that a path lies in, from the top. */
export function parentsOf(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
}
