import { layoutOf, MARKER, TREES, type TreePlaces } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { WorkspaceTree } from './facts.ts'
import { LOST_AND_FOUND } from './look-changes.ts'
import { orAbsent } from './or-absent.ts'
import { parseMarker } from './parse-marker.ts'
import type { SwitchRecord } from './tree-facts.ts'

/** What is known beside the tree itself: mount points below the workspace, a switch under way, a tree being staged. */
export type Beside = {
  readonly mountsInside: readonly string[]
  readonly record: SwitchRecord | 'unclear' | undefined
  readonly places: Pick<TreePlaces, 'record'>
  readonly isStaged: boolean
}

/** What <workspace>/ComfyUI is. */
export async function lookTree(
  fs: Fs,
  workspace: string,
  { mountsInside, record, places, isStaged }: Beside,
): Promise<WorkspaceTree> {
  if (record === 'unclear') return { state: 'unclear', record: places.record }
  if (record !== undefined) return { state: 'switching', record }
  const { home } = layoutOf(workspace)
  const [entry, names, marker] = await Promise.all([
    orAbsent(fs.look(home)),
    orAbsent(fs.list(home)),
    orAbsent(fs.readText(`${home}/${MARKER}`)),
  ])
  if (entry === undefined) return { state: isStaged ? 'torn' : 'absent' }
  // A file, a link that leads nowhere, or a folder that may not be listed.
  if (names === undefined) return { state: 'foreign', found: [`ComfyUI (${entry.kind})`] }
  const parsed = parseMarker(marker)
  if (parsed !== undefined) return { state: 'ours', marker: parsed, isLinked: entry.kind === 'link' }
  const mounted = mountsInside.filter((point) => point === home || point.startsWith(`${home}/`))
  if (!(await holdsOnly(fs, home, mounted))) return { state: 'foreign', found: names }
  if (isStaged) return { state: 'torn' }
  return mounted.length > 0 ? { state: 'empty', mounted } : { state: 'empty' }
}

// Docker makes the folders above a mount point, and leaves them when the mount is gone: folders alone are nobody's.
async function holdsOnly(fs: Fs, folder: string, mounted: readonly string[]): Promise<boolean> {
  for (const { name, kind } of (await orAbsent(fs.entries(folder))) ?? []) {
    const path = `${folder}/${name}`
    if (mounted.includes(path) || name === TREES) continue
    if (name === LOST_AND_FOUND && mounted.includes(folder)) continue
    if (kind !== 'folder' || !(await holdsOnly(fs, path, mounted))) return false
  }
  return true
}
