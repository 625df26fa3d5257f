import type { Fs } from '../host/fs.ts'
import { lookSource } from './comfy-source.ts'
import type { ComfySource, WorkspaceTree } from './facts.ts'
import type { FirstLook } from './first-look.ts'
import { mountsBelow } from './mounts.ts'
import type { Sought } from './sought.ts'
import { lookTree } from './workspace-tree.ts'

/** The two ComfyUI trees: the image's and the workspace's. */
export type Trees = {
  readonly tree: WorkspaceTree
  /** What the image's tree says about itself; undefined without one. */
  readonly source: ComfySource | undefined
  /** The same of the workspace's tree when it is ours. */
  readonly adopted: ComfySource | undefined
  /** A tree may be moved in this boot. */
  readonly mayMove: boolean
}

/** Looks at both trees; where the image's place is a link to the workspace's they are read once. */
export async function lookTrees(fs: Fs, sought: Sought, first: FirstLook): Promise<Trees> {
  const { layout, place, mounts } = first
  const isOneTree = place?.linkTarget === layout.home
  const [tree, inImage, inWorkspace] = await Promise.all([
    lookTree(fs, layout.workspace, mountsBelow(layout.workspace, mounts)),
    place === undefined || isOneTree ? undefined : lookSource(fs, place.path),
    lookSource(fs, layout.home),
  ])
  return {
    tree,
    source: isOneTree ? inWorkspace : inImage,
    adopted: tree.state === 'ours' ? inWorkspace : undefined,
    mayMove: tree.state !== 'ours' && mayMove(sought, first),
  }
}

function mayMove({ adopt }: Sought, { layout, place, mounts, inContainer }: FirstLook): boolean {
  if (adopt === 'move') return true
  const isMount = mounts.some((each) => each.point === layout.workspace)
  return adopt === 'auto' && inContainer && isMount && place?.replaceable === true
}
