import type { TreeEntry } from '../base/tree-entry.ts'
import { type Came, isMadeAgain, isSame } from './what-came.ts'

/** What is there now, by path; `skipped` was not looked at, being mounts and the like. */
export type There = {
  readonly entries: ReadonlyMap<string, TreeEntry>
  readonly skipped: readonly string[]
}

/**
 * The folders of nodes (`custom_nodes/<name>`) that came with a tree and in which something that came was changed or removed. A
 * node is of one version: such a one is moved as a whole, or it would be a mixture. One with a mount in it cannot be moved so.
 */
export function changedNodes(came: Came, { entries, skipped }: There): ReadonlySet<string> {
  const nodes = new Set<string>()
  for (const before of came.values()) {
    const node = nodeOf(before.path)
    if (node === undefined || isMadeAgain(before.path, came)) continue
    if (isTouched(before, entries.get(before.path))) nodes.add(node)
  }
  for (const path of entries.keys()) {
    const node = nodeOf(path)
    if (node !== undefined && isNewInRepository(path, node, came)) nodes.add(node)
  }
  const hasMount = (path: string) => skipped.some((each) => each.startsWith(`${path}/`))
  return new Set([...nodes].filter((node) => !hasMount(node)))
}

// Undefined for a path that does not lie within a node. ComfyUI-Manager keeps nodes that are switched off one folder deeper.
function nodeOf(path: string): string | undefined {
  const parts = path.split('/')
  const depth = parts[1] === '.disabled' ? 3 : 2
  return parts[0] === 'custom_nodes' && parts.length > depth ? parts.slice(0, depth).join('/') : undefined
}

function isTouched(before: TreeEntry, now: TreeEntry | undefined): boolean {
  if (now !== undefined) return !isSame(before, now)
  return before.kind !== 'folder'
}

// A branch or an object alone, put into another version of the repository, would lead to what that one does not have.
function isNewInRepository(path: string, node: string, came: Came): boolean {
  if (came.has(path) || path === `${node}/.git/FETCH_HEAD`) return false
  return path.startsWith(`${node}/.git/`) && came.has(`${node}/.git`)
}
