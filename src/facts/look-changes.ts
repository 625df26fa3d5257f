import { MANIFEST, TREES } from '../base/layout.ts'
import type { TreeEntry } from '../base/tree-entry.ts'
import { escapeName } from '../base/tree-path.ts'
import type { Fs } from '../host/fs.ts'
import type { Workspace } from './facts.ts'
import { parseManifest } from './manifest.ts'
import { orAbsent } from './or-absent.ts'
import { changesOf, type TreeChanges } from './tree-changes.ts'

/** What lies in a tree, by path, and whose it is; `unknown` where nobody listed what the tree came with. */
export type Sorted = { readonly found: readonly TreeEntry[]; readonly changes: TreeChanges | 'unknown' }

/** Walks a tree and sorts what it finds; `mounts` below it are not its own. */
export async function sortTree(fs: Fs, tree: string, mounts: readonly string[] = []): Promise<Sorted> {
  const text = await fs.readText(`${tree}/${MANIFEST}`)
  const found = await fs.walk(tree, { skip: skippedIn(tree, mounts) })
  return { found, changes: text === undefined ? 'unknown' : changesOf(parseManifest(text), found) }
}

/** Whose the files of an adopted tree are; undefined where it cannot be looked through. */
export async function lookChanges(
  fs: Fs,
  tree: string,
  mounts: readonly string[],
): Promise<Workspace['changes']> {
  return (await orAbsent(sortTree(fs, tree, mounts)))?.changes
}

/** What is not the tree's own, relative to it: mounts inside it, and the folder for trees out of place. */
export function skippedIn(tree: string, mounts: readonly string[]): readonly string[] {
  const inside = mounts.filter((point) => point.startsWith(`${tree}/`))
  return [TREES, ...inside.map((point) => escapeName(Buffer.from(point.slice(tree.length + 1))))]
}
