import type { Layout, Slot, TreePlaces } from '../../../base/layout.ts'
import type { TreeEntry } from '../../../base/tree-entry.ts'
import { type Sorted, sortTree } from '../../../facts/look-changes.ts'
import { isSame } from '../../../facts/what-came.ts'
import type { Host } from '../../../host/host.ts'
import { withRights } from './move-entry.ts'

/** Name of the note beside a tree that it may hold what is nowhere else: such a tree is put aside, and never removed. */
const NOTE = 'keep.json'

/** Notes that a tree is not to be removed, and why. The first reason stays. A crash leaves the note or none. */
export async function keepSlot(host: Host, { folder }: Slot, why: string): Promise<void> {
  if ((await host.fs.look(`${folder}/${NOTE}`)) !== undefined) return
  await host.fs.makeFolder(folder)
  await host.fs.write(`${folder}/${NOTE}`, `${JSON.stringify({ why })}\n`)
}

/** True for a tree that is not to be removed and is still there. */
export async function isKept(host: Host, { folder, tree }: Slot): Promise<boolean> {
  const [note, there] = [await host.fs.look(`${folder}/${NOTE}`), await host.fs.look(tree)]
  return note !== undefined && there !== undefined
}

/** Puts a tree out of every later switch's way: <trees>/kept-1, kept-2… A crash leaves it at one place or the other. */
export async function putAside(host: Host, { folder: trees }: TreePlaces, folder: string): Promise<void> {
  for (let count = 1; ; count++) {
    const aside = `${trees}/kept-${count}`
    if ((await host.fs.look(aside)) === undefined) return host.fs.rename(folder, aside)
  }
}

/** Looks through a tree that left its place, as root where a person may not; its slot is kept where it holds more than is known. */
export async function sortRetired({ host, layout, trees, mounts }: Retired): Promise<Sorted> {
  const { tree } = trees.retired
  const points = mounts.map((point) => tree + point.slice(layout.home.length))
  const sorted = await withRights(host, async () => sortTree(host.fs, tree, await absentOf(host, points)))
  const why = whyKept(sorted)
  if (why !== undefined) await keepSlot(host, trees.retired, why)
  return sorted
}

// What was mounted when the tree left stayed behind, and is nobody's loss. What was mounted since hides nothing here.
async function absentOf({ fs }: Host, paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map((path) => fs.look(path)))
  return paths.filter((_, at) => found[at] === undefined)
}

/** A tree that left its place, and mounts at that place or below it. */
type Retired = {
  readonly host: Host
  readonly layout: Pick<Layout, 'home'>
  readonly trees: TreePlaces
  readonly mounts: readonly string[]
}

function whyKept({ found, came, changes }: Sorted): string | undefined {
  if (found.length === 0) return undefined
  if (changes === 'unknown') return 'nothing says which of its files came with it'
  const hasCommits = found.some((entry) => {
    const before = came?.get(entry.path)
    return isRef(entry) && (before === undefined || !isSame(before, entry))
  })
  return hasCommits ? 'its .git may hold commits, branches or stashes of your own' : undefined
}

/** Files of git that name commits. What was fetched is to be had again; the index and the logs change by themselves. */
const REF = /^\.git\/(modules\/.+\/|worktrees\/[^/]+\/)?(HEAD|packed-refs|refs\/(?!remotes\/).+)$/

function isRef({ path, kind }: TreeEntry): boolean {
  return kind !== 'folder' && REF.test(path)
}
