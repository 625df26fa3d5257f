import { MANIFEST, MARKER, STATE_FOLDERS } from '../base/layout.ts'
import type { TreeEntry } from '../base/tree-entry.ts'
import { changedNodes } from './changed-nodes.ts'
import { type Came, isCache, isMadeAgain, isSame, parentsOf } from './what-came.ts'

/**
 * A tree compared with what it came with. `own` are the person's own files and folders, each with everything below it, in
 * the order of the tree. `changed` are files of ComfyUI's own code that were changed, replaced, removed or pulled.
 */
export type TreeChanges = { readonly own: readonly string[]; readonly changed: readonly string[] }

/** What is known of a tree besides its entries. */
export type Known = {
  /** Paths that the tree's own git tracks. */
  readonly tracked?: readonly string[]
  /** Paths that were not looked at: what came there is not missing. */
  readonly skipped?: readonly string[]
}

/** Sorts what lies in a tree by whose it is: `came` is what the tree came with, `found` what is there now, by path. Pure. */
export function changesOf(
  came: Came,
  found: readonly TreeEntry[],
  { tracked = [], skipped = [] }: Known = {},
): TreeChanges {
  const [own, changed]: [string[], string[]] = [[], []]
  const entries = new Map(found.map((each) => [each.path, each]))
  const nodes = changedNodes(came, { entries, skipped })
  const code = codeOf(tracked)
  const closed = new Set<string>(skipped)
  for (const entry of found) {
    const { path } = entry
    if (isBelow(path, closed)) continue
    const whose = nodes.has(path) ? 'own' : whoseIs(entry, came, code)
    if (whose === 'own') own.push(path)
    if (whose === 'changed') changed.push(path)
    if (whose !== 'image') closed.add(path)
  }
  const lost = [...came.values()].filter(({ path, kind }) => kind !== 'folder' && !entries.has(path))
  const missing = lost.filter(({ path }) => isCode(path, came) && !closed.has(path) && !isBelow(path, closed))
  return { own, changed: [...changed, ...missing.map(({ path }) => path)] }
}

/** Code that came later, by `git pull`: files outside the state folders, and the folders they lie in. */
type Code = { readonly files: ReadonlySet<string>; readonly folders: ReadonlySet<string> }

function codeOf(tracked: readonly string[]): Code {
  const files = tracked.filter((path) => !isState(path))
  return { files: new Set(files), folders: new Set(files.flatMap(parentsOf)) }
}

// `nobody` is what no tree takes along: ComfyUI and Python make it again, git's folder and a venv belong to one tree.
function whoseIs(entry: TreeEntry, came: Came, code: Code): 'image' | 'own' | 'changed' | 'nobody' {
  const { path, kind } = entry
  const before = came.get(path)
  if (path === MARKER || path === MANIFEST || path === 'temp') return 'nobody'
  if (kind === 'folder' && isCache(path)) return 'nobody'
  if (before === undefined) return whoseIsNew(entry, code)
  if (path === '.git' || (kind === 'folder' && came.has(`${path}/pyvenv.cfg`))) return 'nobody'
  if (isSame(before, entry)) return 'image'
  return isState(path) ? 'own' : 'changed'
}

function whoseIsNew({ path, kind }: TreeEntry, code: Code): 'image' | 'own' | 'changed' {
  if (code.files.has(path)) return 'changed'
  return kind === 'folder' && code.folders.has(path) ? 'image' : 'own'
}

/** The configuration that a person writes beside ComfyUI's code. */
const STATE_FILES = new Set(['extra_model_paths.yaml', 'extra_paths.yaml'])

/** Whether a path of a tree is a person's state: in one of the state folders, or a file that configures beside the code. */
export function isState(path: string): boolean {
  const [top = ''] = path.split('/')
  return STATE_FILES.has(path) || STATE_FOLDERS.some((name) => name === top)
}

// What was taken out of the state folders, a bundled example say, is nobody's loss.
function isCode(path: string, came: Came): boolean {
  return !isState(path) && !path.startsWith('.git/') && !isMadeAgain(path, came)
}

function isBelow(path: string, roots: ReadonlySet<string>): boolean {
  return parentsOf(path).some((parent) => roots.has(parent))
}
