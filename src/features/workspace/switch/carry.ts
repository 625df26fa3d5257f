import { STATE_FOLDERS } from '../../../base/layout.ts'
import type { TreeEntry } from '../../../base/tree-entry.ts'
import { pathBytes } from '../../../base/tree-path.ts'
import { type Sorted, sortTree } from '../../../facts/look-changes.ts'
import type { TreeChanges } from '../../../facts/tree-changes.ts'
import type { Host } from '../../../host/host.ts'
import { keepChanges } from './keep-changes.ts'
import { moveEntry } from './move-entry.ts'
import type { Switching } from './switch-trees.ts'

/**
 * Carries the person's own files from the retired tree into the placed one, by renames. In the state folders (custom_nodes,
 * models, user…) theirs takes the place of what came with the tree; beside ComfyUI's code the code wins, and theirs is kept
 * with what they changed in it. Trees are never merged: of the code, every file is the placed tree's.
 */
export async function carry(switching: Switching): Promise<void> {
  const { host, layout, trees } = switching
  const sorted = await sortTree(host.fs, trees.retired.tree)
  const { own, changed } = changesIn(sorted)
  const left: string[] = []
  for (const path of own) left.push(...(await carryOver(switching, path, sorted.found)))
  await keepChanges(switching, [...changed, ...left])
  await host.fs.sync(layout.home)
}

/** What a person configures beside ComfyUI's code. */
const STATE = [...STATE_FOLDERS, 'extra_model_paths.yaml', 'extra_paths.yaml'] as const

// Without a list of what came with the tree only its state is known to be theirs.
function changesIn({ found, changes }: Sorted): TreeChanges {
  if (changes !== 'unknown') return changes
  const there = new Set(found.map(({ path }) => path))
  return { own: STATE.filter((name) => there.has(name)), changed: [] }
}

// Gives what could not be carried. A folder that both trees have beside the code is gone through: it may hold files of both.
async function carryOver(
  switching: Switching,
  path: string,
  found: readonly TreeEntry[],
): Promise<readonly string[]> {
  const { host, layout } = switching
  const obstacle = await obstacleTo(host, layout.home, path)
  if (obstacle === undefined || isState(path)) {
    await carryOne(switching, path, obstacle?.path)
    return []
  }
  const inside = found.filter(
    (each) => each.path.startsWith(`${path}/`) && !each.path.includes('/', path.length + 1),
  )
  const isFolder = found.some((each) => each.path === path && each.kind === 'folder')
  if (!isFolder || obstacle.path !== path || obstacle.kind !== 'folder') return [path]
  const left: string[] = []
  for (const each of inside) left.push(...(await carryOver(switching, each.path, found)))
  return left
}

function isState(path: string): boolean {
  return STATE.some((name) => path === name || path.startsWith(`${name}/`))
}

/** What lies where something is to go: under its name, or as a parent that is no folder. */
type Obstacle = { readonly path: string; readonly kind: TreeEntry['kind'] }

async function obstacleTo(host: Host, home: string, path: string): Promise<Obstacle | undefined> {
  const parts = path.split('/')
  for (let length = 1; length <= parts.length; length++) {
    const at = parts.slice(0, length).join('/')
    const there = await host.fs.look(pathBytes(home, at))
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
  const end = path.lastIndexOf('/')
  await host.fs.makeFolder(end < 0 ? folder : pathBytes(folder, path.slice(0, end)))
}
