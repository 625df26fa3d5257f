import { MANIFEST, MARKER, TREES } from '../../../base/layout.ts'
import type { TreeEntry } from '../../../base/tree-entry.ts'
import { pathBytes } from '../../../base/tree-path.ts'
import type { Sorted } from '../../../facts/look-changes.ts'
import { isState, type TreeChanges } from '../../../facts/tree-changes.ts'
import type { Host } from '../../../host/host.ts'
import { keepChanges } from './keep-changes.ts'
import { keepSlot, sortRetired } from './kept-slot.ts'
import { mountAt, mountsBelow } from './mounts-below.ts'
import { moveEntry, withRights } from './move-entry.ts'
import type { Switching } from './switch-trees.ts'

/**
 * Carries the person's own files from the retired tree into the placed one, by renames. In the state folders (custom_nodes,
 * models, user…) theirs takes the place of what came with the tree; beside ComfyUI's code the code wins, and theirs is kept
 * with what they changed in it. Trees are never merged: of the code, every file is the placed tree's. What cannot be sorted or
 * carried stays in the retired tree, which then is never removed.
 */
export async function carry(switching: Switching): Promise<void> {
  const { host, layout } = switching
  const sorted = await sortRetired(switching)
  const { own, changed } = await changesIn(switching, sorted)
  const left: string[] = []
  for (const path of own) {
    switching.signal?.throwIfAborted()
    left.push(...(await carryOver(switching, path, sorted.found)))
  }
  await keepChanges(switching, [...changed, ...left])
  await withRights(host, () => host.fs.sync(layout.home))
}

/** What belongs to one tree alone, or is made again. */
const OF_ONE_TREE = new Set(['.git', '__pycache__', 'temp', MARKER, MANIFEST, TREES])

// Without a list of what came with the tree, all that the placed one lacks may be theirs.
async function changesIn({ host, layout }: Switching, { found, changes }: Sorted): Promise<TreeChanges> {
  if (changes !== 'unknown') return changes
  const own: string[] = []
  for (const { path } of found) {
    if (path.includes('/') || OF_ONE_TREE.has(path)) continue
    const isOwn = isState(path) || (await obstacleTo(host, layout.home, path)) === undefined
    if (isOwn) own.push(path)
  }
  return { own, changed: [] }
}

// Gives what could not be carried. A folder that both trees have beside the code is gone through: it may hold files of both.
async function carryOver(
  switching: Switching,
  path: string,
  found: readonly TreeEntry[],
): Promise<readonly string[]> {
  const { host, layout, mounts, trees } = switching
  const at = mountAt(mountsBelow(layout.home, mounts), path)
  const obstacle = await obstacleTo(host, layout.home, path)
  const isGit = path === '.git' && obstacle !== undefined
  if (at === 'on' || isGit) {
    await keepSlot(
      host,
      trees.retired,
      isGit ? 'its .git is your own' : `${layout.home}/${path} is mounted now`,
    )
    return []
  }
  if (at === undefined && (obstacle === undefined || isState(path))) {
    await carryOne(switching, path, obstacle?.path)
    return []
  }
  const isFolder = found.some((each) => each.path === path && each.kind === 'folder')
  if (!isFolder || obstacle?.path !== path || obstacle.kind !== 'folder') return [path]
  const inside = found.filter(
    (each) => each.path.startsWith(`${path}/`) && !each.path.includes('/', path.length + 1),
  )
  const left: string[] = []
  for (const each of inside) left.push(...(await carryOver(switching, each.path, found)))
  return left
}

/** What lies where something is to go: under its name, or as a parent that is no folder. */
type Obstacle = { readonly path: string; readonly kind: TreeEntry['kind'] }

async function obstacleTo(host: Host, home: string, path: string): Promise<Obstacle | undefined> {
  const parts = path.split('/')
  for (let length = 1; length <= parts.length; length++) {
    const at = parts.slice(0, length).join('/')
    const there = await withRights(host, () => host.fs.look(pathBytes(home, at)))
    if (there === undefined) return undefined
    if (there.kind !== 'folder' || length === parts.length) return { path: at, kind: there.kind }
  }
  return undefined
}

async function carryOne(
  { host, layout, trees }: Switching,
  path: string,
  obstacle: string | undefined,
): Promise<void> {
  const { home } = layout
  if (obstacle !== undefined) await putAside(host, obstacle, { home, replaced: trees.retired.replaced })
  await makeParent(host, home, path)
  await moveEntry(host, pathBytes(trees.retired.tree, path), pathBytes(home, path))
}

// What came with the placed tree goes along with the retired one: nothing is removed that a person might look for.
async function putAside(
  host: Host,
  path: string,
  { home, replaced }: { home: string; replaced: string },
): Promise<void> {
  let aside = path
  for (let count = 2; (await host.fs.look(pathBytes(replaced, aside))) !== undefined; count++)
    aside = `${path}-${count}`
  await makeParent(host, replaced, aside)
  await moveEntry(host, pathBytes(home, path), pathBytes(replaced, aside))
}

async function makeParent(host: Host, folder: string, path: string): Promise<void> {
  const parent = pathBytes(folder, path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  if ((await withRights(host, () => host.fs.look(parent))) === undefined) await host.fs.makeFolder(parent)
}
