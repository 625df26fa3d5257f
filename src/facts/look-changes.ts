import { MANIFEST, TREES } from '../base/layout.ts'
import type { TreeEntry } from '../base/tree-entry.ts'
import { escapeName } from '../base/tree-path.ts'
import type { Fs } from '../host/fs.ts'
import type { Workspace } from './facts.ts'
import { lookTracked } from './git-index.ts'
import { parseManifest } from './manifest.ts'
import { orAbsent } from './or-absent.ts'
import { changesOf, type TreeChanges } from './tree-changes.ts'
import type { Came } from './what-came.ts'

/** What lies in a tree, by path, and whose it is; `unknown` where no whole list says what the tree came with. */
export type Sorted = {
  readonly found: readonly TreeEntry[]
  /** What it came with. */
  readonly came: Came | undefined
  readonly changes: TreeChanges | 'unknown'
}

/** More than the list of any tree: two million files. Bytes. */
const MOST_LIST_BYTES = 256 * 1024 * 1024

/** Walks a tree and sorts what it finds; `mounts` below it are not its own. */
export async function sortTree(fs: Fs, tree: string, mounts: readonly string[] = []): Promise<Sorted> {
  const came = parseManifest((await fs.readText(`${tree}/${MANIFEST}`, MOST_LIST_BYTES)) ?? '')
  const skipped = skippedIn(tree, mounts)
  const found = await fs.walk(tree, { skip: skipped })
  if (came === undefined) return { found, came, changes: 'unknown' }
  const tracked = (await lookTracked(fs, tree))?.map(({ path }) => path) ?? []
  return { found, came, changes: changesOf(came, found, { tracked, skipped }) }
}

/** Whose the files of an adopted tree are; undefined where it cannot be looked through. */
export async function lookChanges(
  fs: Fs,
  tree: string,
  mounts: readonly string[],
): Promise<Workspace['changes']> {
  return (await orAbsent(sortTree(fs, tree, mounts)))?.changes
}

/** What a filesystem keeps at its top for itself; nobody but root may look into it. */
export const LOST_AND_FOUND = 'lost+found'

/**
 * What is not the tree's own, relative to it: mounts inside it, the folder for trees out of place and, where the tree is itself a
 * mount, what its filesystem keeps there.
 */
export function skippedIn(tree: string, mounts: readonly string[]): readonly string[] {
  const inside = mounts.filter((point) => point.startsWith(`${tree}/`))
  const paths = inside.map((point) => escapeName(Buffer.from(point.slice(tree.length + 1))))
  return [TREES, ...(mounts.includes(tree) ? [LOST_AND_FOUND] : []), ...paths]
}
