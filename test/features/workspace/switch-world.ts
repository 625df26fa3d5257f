import { lstat, readdir, utimes } from 'node:fs/promises'
import { layoutOf, MANIFEST, MARKER, type TreePlaces, treesIn } from '../../../src/base/layout.ts'
import { manifestText } from '../../../src/facts/manifest.ts'
import type { SwitchRecord } from '../../../src/facts/tree-facts.ts'
import { firstRecord } from '../../../src/features/workspace/switch/record.ts'
import { type Switching, switchTrees } from '../../../src/features/workspace/switch/switch-trees.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import { put } from './two-images.ts'

/** Whom root acts as, in the tests that need somebody who is refused. */
export const PERSON = { uid: 1000, gid: 1000, groups: [] } as const

export const isRoot = process.getuid?.() === 0

/** A switch in a folder: its places, and what is wanted. */
export function switchIn(root: string, record: Partial<SwitchRecord> = {}, mounts: readonly string[] = []) {
  const layout = layoutOf(`${root}/workspace`)
  const trees: TreePlaces = treesIn(`${layout.own}/trees`)
  const about = { act: 'upgrade', from: 'old', to: 'new', isOlder: false } as const
  const first = firstRecord({ ...about, startedAt: '2026-11-21T00:00:00.000Z', ...record })
  const host: Host = realHost()
  return { host, layout, trees, mounts, record: { ...first, ...record } } satisfies Switching
}

/** Makes a tree with a list of what it came with. */
export async function listedTree(tree: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await put(`${tree}/${name}`, text)
  await put(`${tree}/${MARKER}`, '{}')
  const entries = await realHost().fs.walk(tree)
  await put(`${tree}/${MANIFEST}`, manifestText(entries.filter(({ path }) => path !== MARKER)))
}

/** Switches to a new tree with these files, whole. */
export async function upgradeTo(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  const switching = switchIn(root)
  await listedTree(switching.trees.next.tree, files)
  await switchTrees(switching)
}

/** True when something lies there, a link that leads nowhere too. */
export function isThere(path: string | Buffer): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

/** Folders for trees that were put aside. */
export async function keptIn({ folder }: TreePlaces): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('kept-')).sort()
}

/** Gives an entry another time than it came with. */
export function touch(path: string): Promise<void> {
  return utimes(path, 1, 1)
}
