import { MANIFEST, MARKER, STATE_FOLDERS } from '../base/layout.ts'
import type { TreeEntry } from '../base/tree-entry.ts'

/**
 * A tree compared with what it came with. `own` are the person's own files and folders, each with everything below it, in
 * the order of the tree. `changed` are files of ComfyUI's own code that were changed, replaced or removed.
 */
export type TreeChanges = { readonly own: readonly string[]; readonly changed: readonly string[] }

/** What a tree came with, by path. */
type Came = ReadonlyMap<string, TreeEntry>

/** Sorts what lies in a tree by whose it is: `came` is what the tree came with, `found` what is there now, by path. Pure. */
export function changesOf(came: Came, found: readonly TreeEntry[]): TreeChanges {
  const [own, changed]: [string[], string[]] = [[], []]
  const there = new Set<string>()
  const closed = new Set<string>()
  for (const entry of found) {
    const { path } = entry
    if (isBelow(path, closed)) continue
    there.add(path)
    const whose = whoseIs(entry, came)
    if (whose === 'own') own.push(path)
    if (whose === 'changed') changed.push(path)
    if (whose !== 'image') closed.add(path)
  }
  const lost = [...came.values()].filter(({ path, kind }) => kind !== 'folder' && !there.has(path))
  const missing = lost.filter(({ path }) => isCode(path, came) && !isBelow(path, closed))
  return { own, changed: [...changed, ...missing.map(({ path }) => path)] }
}

// `nobody` is what no tree takes along: ComfyUI and Python make it again, git's folder and a venv belong to one tree.
function whoseIs(entry: TreeEntry, came: Came): 'image' | 'own' | 'changed' | 'nobody' {
  const { path, kind } = entry
  const before = came.get(path)
  if (path === MARKER || path === MANIFEST || path === 'temp') return 'nobody'
  if (kind === 'folder' && path.endsWith('__pycache__')) return 'nobody'
  if (before === undefined) return 'own'
  if (path === '.git' || (kind === 'folder' && came.has(`${path}/pyvenv.cfg`))) return 'nobody'
  if (isSame(before, entry)) return 'image'
  return isState(path) ? 'own' : 'changed'
}

function isSame(before: TreeEntry, now: TreeEntry): boolean {
  if (before.kind !== now.kind) return false
  switch (now.kind) {
    case 'file':
      return before.bytes === now.bytes && before.mtimeNs === now.mtimeNs
    case 'link':
      return before.target === now.target
    case 'folder':
    case 'other':
      return true
  }
}

/** The configuration that a person writes beside ComfyUI's code. */
const STATE_FILES = new Set(['extra_model_paths.yaml', 'extra_paths.yaml'])

function isState(path: string): boolean {
  const [top = ''] = path.split('/')
  return STATE_FILES.has(path) || STATE_FOLDERS.some((name) => name === top)
}

// What was taken out of the state folders, a bundled example say, is nobody's loss.
function isCode(path: string, came: Came): boolean {
  if (isState(path) || path.startsWith('.git/') || path.includes('__pycache__/')) return false
  return !parentsOf(path).some((parent) => came.has(`${parent}/pyvenv.cfg`))
}

function isBelow(path: string, roots: ReadonlySet<string>): boolean {
  return parentsOf(path).some((parent) => roots.has(parent))
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
}
