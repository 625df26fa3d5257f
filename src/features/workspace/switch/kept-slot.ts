import type { Slot, TreePlaces } from '../../../base/layout.ts'
import { MANIFEST } from '../../../base/layout.ts'
import type { TreeEntry } from '../../../base/tree-entry.ts'
import { type Sorted, sortTree } from '../../../facts/look-changes.ts'
import { parseManifest } from '../../../facts/manifest.ts'
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
export async function sortRetired(host: Host, slot: Slot): Promise<Sorted> {
  const sorted = await withRights(host, () => sortTree(host.fs, slot.tree))
  const why = await whyKept(host, slot, sorted)
  if (why !== undefined) await keepSlot(host, slot, why)
  return sorted
}

async function whyKept(host: Host, { tree }: Slot, { found, changes }: Sorted): Promise<string | undefined> {
  if (found.length === 0) return undefined
  if (changes === 'unknown') return 'nothing says which of its files came with it'
  const came = parseManifest((await host.fs.readText(`${tree}/${MANIFEST}`)) ?? '')
  const hasCommits = found.some((entry) => isRef(entry) && !isSame(came?.get(entry.path), entry))
  return hasCommits ? 'its .git may hold commits, branches or stashes of your own' : undefined
}

/** Files of git that name commits. What was fetched is to be had again; the index and the logs change by themselves. */
const REF = /^\.git\/(modules\/.+\/|worktrees\/[^/]+\/)?(HEAD|packed-refs|refs\/(?!remotes\/).+)$/

function isRef({ path, kind }: TreeEntry): boolean {
  return kind !== 'folder' && REF.test(path)
}

function isSame(before: TreeEntry | undefined, now: TreeEntry): boolean {
  return before?.kind === now.kind && before.bytes === now.bytes && before.mtimeNs === now.mtimeNs
}
