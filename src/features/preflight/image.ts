import { IMAGE_HOMES } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import type { Facts, WorkspaceTree } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

/** A tree of ours is in the workspace, or on its way there. */
const MOVED: ReadonlySet<WorkspaceTree['state']> = new Set(['ours', 'switching', 'unclear'])

/** There must be a ComfyUI: in the image, or already moved into the workspace by an earlier boot. That it was moved and is lost, the workspace says. */
export function checkImage(settings: Settings, facts: Facts): readonly Problem[] {
  const moved = MOVED.has(facts.workspace.tree.state)
  const isSaid = facts.lostImage !== undefined
  if (facts.image !== undefined || moved || isSaid) return []
  if (settings.home === undefined) return [new Problem('IMAGE_TREE_MISSING', { looked: IMAGE_HOMES })]
  return [new Problem('HOME_WITHOUT_COMFYUI', { path: settings.home })]
}
