import type { Space } from '../host/fs.ts'
import type { TreeSize } from './tree-size.ts'

/** A copy of a tree that is to be made, and what of it (or of another one that it replaces) lies staged already. */
export type Copying = { readonly tree: TreeSize; readonly staged?: TreeSize }

/** Logs, settings, ComfyUI's database: what any boot may write. */
const LITTLE: TreeSize = { bytes: 50_000_000, files: 200 }

/** What a filesystem writes down about one entry besides its blocks (xfs 0.5 KiB, btrfs 1 KiB), bytes. */
const ENTRY_BYTES = 1024

/**
 * Room that must be free in the workspace: a little for any boot, and all of a copy but what is staged, which is gone on with
 * or removed first. An upgrade needs as much as a first run: the tree that it replaces stays beside it. Pure.
 */
export function needOf(copying?: Copying): TreeSize {
  if (copying === undefined) return LITTLE
  const { tree, staged = { bytes: 0, files: 0 } } = copying
  const files = Math.max(0, tree.files - staged.files)
  const bytes = Math.max(0, tree.bytes - staged.bytes)
  return { bytes: bytes + files * ENTRY_BYTES + LITTLE.bytes, files: files + LITTLE.files }
}

/** What is missing for a need; nothing of what fits, and no files where the filesystem does not count them. Pure. */
export function missingFor(need: TreeSize, { freeBytes, freeInodes }: Space): TreeSize {
  return {
    bytes: Math.max(0, need.bytes - freeBytes),
    files: freeInodes === undefined ? 0 : Math.max(0, need.files - freeInodes),
  }
}
