import { isOlderThan } from '../base/version-order.ts'
import type { Fs } from '../host/fs.ts'
import { lookSource } from './comfy-source.ts'
import type { ComfySource, Workspace, WorkspaceTree } from './facts.ts'
import type { FirstLook } from './first-look.ts'
import { lookChanges } from './look-changes.ts'
import { mountsBelow } from './mounts.ts'
import type { Sought } from './sought.ts'
import { lookTreesBeside, type TreesBeside } from './trees-beside.ts'
import { lookTree } from './workspace-tree.ts'

/** The ComfyUI trees: the image's, the workspace's, and those that are not in their place. */
export type Trees = {
  readonly tree: WorkspaceTree
  readonly beside: TreesBeside
  /** What the image's tree says about itself; undefined without one. */
  readonly source: ComfySource | undefined
  /** The same of the workspace's tree when it is ours. */
  readonly adopted: ComfySource | undefined
  readonly changes: Workspace['changes']
  /** A tree may be moved in this boot. */
  readonly mayMove: boolean
  /** The image's tree may take the place of an older one. */
  readonly mayUpgrade: boolean
}

/** Looks at the trees; where the image's place is a link to the workspace's they are read once. */
export async function lookTrees(fs: Fs, sought: Sought, first: FirstLook): Promise<Trees> {
  const { layout, place, mounts } = first
  const mountsInside = mountsBelow(layout.workspace, mounts)
  const isOneTree = place?.linkTarget === layout.home
  const beside = await lookTreesBeside(fs, layout, mounts)
  const [tree, inImage, inWorkspace] = await Promise.all([
    lookTree(fs, layout.workspace, { ...beside, mountsInside }),
    place === undefined || isOneTree ? undefined : lookSource(fs, place.path),
    lookSource(fs, layout.home),
  ])
  const source = isOneTree ? inWorkspace : inImage
  const mayUpgrade =
    isAnother(tree, source) && wantsUpgrade(sought, beside, { tree, source, adopted: inWorkspace })
  const isWished = beside.wish !== undefined || sought.upgrade === 'auto'
  return {
    tree,
    beside,
    source,
    adopted: tree.state === 'ours' ? inWorkspace : undefined,
    changes: mayUpgrade && !isWished ? await lookChanges(fs, layout.home, mountsInside) : undefined,
    mayMove: NOT_ADOPTED.has(tree.state) && mayMove(sought, first),
    mayUpgrade,
  }
}

const NOT_ADOPTED: ReadonlySet<WorkspaceTree['state']> = new Set(['absent', 'empty', 'torn', 'foreign'])

function isAnother(tree: WorkspaceTree, source: ComfySource | undefined): boolean {
  return tree.state === 'ours' && source !== undefined && source.identity !== tree.marker.image
}

// Only what may come of it is looked at: a person's «keep» walks through no tree.
function wantsUpgrade(
  { adopt, upgrade }: Sought,
  { wish, declined }: TreesBeside,
  { tree, source, adopted }: Pick<Trees, 'tree' | 'source' | 'adopted'>,
): boolean {
  if (adopt === 'link') return false
  if (wish === 'upgrade') return true
  if (upgrade === 'keep' || upgrade === 'ask') return false
  if (tree.state !== 'ours') return false
  if (declined?.image === source?.identity && isStillDeclined(declined, upgrade)) return false
  const version = adopted?.version ?? tree.marker.version
  const isKept = isOlderThan(source?.version, version) || tree.marker.importedFrom !== undefined
  return upgrade === 'auto' || !isKept
}

// What was changed in the code keeps an image from being taken unasked; who asks for it at every start has asked.
function isStillDeclined(declined: TreesBeside['declined'], upgrade: Sought['upgrade']): boolean {
  return declined?.by === 'rollback' || upgrade !== 'auto'
}

function mayMove({ adopt }: Sought, { layout, place, mounts, inContainer }: FirstLook): boolean {
  if (adopt === 'move') return true
  const isMount = mounts.some((each) => each.point === layout.workspace)
  return adopt === 'auto' && inContainer && isMount && place?.replaceable === true
}
