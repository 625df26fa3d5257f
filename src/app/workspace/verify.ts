import { layoutOf } from '../../base/layout.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import { type Sorted, sortTree } from '../../facts/look-changes.ts'
import type { Marker } from '../../facts/tree-facts.ts'
import type { Host } from '../../host/host.ts'
import { ask } from '../ask.ts'
import type { Input } from '../input.ts'
import { glance } from './glance.ts'
import { refuseUnlessOurs } from './our-tree.ts'

/**
 * A tree compared with the list of what it came with, by kind, size, time and, for links, target. Paths are relative to the
 * tree; bytes outside printable ASCII are written as %XX.
 */
export type Verified = {
  readonly path: string
  readonly comfyui: Marker
  /** ComfyUI’s own code is as it came. */
  readonly whole: boolean
  /** Entries that were looked at. */
  readonly looked: number
  readonly changed: readonly string[]
  readonly missing: readonly string[]
  /** The person’s own files and folders, each with everything below it. */
  readonly own: readonly string[]
}

/** Walks through the workspace’s tree and changes nothing. Throws when there is none of ours, no list, or no way to read it. */
export async function verifyWorkspace(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
): Promise<Verified> {
  const { settings } = await ask(host, input)
  const { workspace } = await glance(host, settings)
  const { home } = layoutOf(workspace.path)
  const marker = refuseUnlessOurs(workspace, 'verify')
  const { found, changes } = await sort(host, home, workspace.mountsInside)
  if (changes === 'unknown') throw new Problem('TREE_NOT_LISTED', { path: home })
  const there = new Set(found.map(({ path }) => path))
  const { own, changed: all } = changes
  const changed = all.filter((path) => there.has(path))
  const missing = all.filter((path) => !there.has(path))
  return { path: home, comfyui: marker, whole: all.length === 0, looked: found.length, changed, missing, own }
}

async function sort({ fs }: Host, home: string, mounts: readonly string[]): Promise<Sorted> {
  try {
    return await sortTree(fs, home, mounts)
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    throw new Problem('TREE_NOT_READ', { path: home, code }, { cause: error })
  }
}
