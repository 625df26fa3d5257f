import type { Places } from '../../base/layout.ts'
import { joinPlans, type Plan, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import { isGivenByRoot, mayGive } from '../../facts/given-by-root.ts'
import { makeFolders } from './make-folders.ts'
import { takeFolder } from './take-folder.ts'

/** Makes the place that the workspace's lock lies in, and changes nothing else there: all that may be done before it is held. */
export function planPreparation(facts: Facts, places: Places): Plan {
  if (!hasComfyui(facts)) return steps()
  return joinPlans(planTaking(facts), planOwnFolders(facts, places))
}

// Volumes that are mounted at parts of the workspace alone, at output/ say, are fresh ones too.
function planTaking(facts: Facts): Plan {
  const { path, bareMounts } = facts.workspace
  const parts = mayGive(facts) ? bareMounts : []
  return steps(...[...(isGivenByRoot(facts) ? [path] : []), ...parts].map((each) => takeFolder(each, facts)))
}

/** True when there is a ComfyUI to run, in the image or in the workspace; without one nothing is made. */
export function hasComfyui({ image, workspace }: Facts): boolean {
  const { state } = workspace.tree
  return image !== undefined || state === 'ours' || state === 'switching' || state === 'unclear'
}

function planOwnFolders(facts: Facts, { layout }: Places): Plan {
  const wanted = [
    { path: layout.own },
    { path: layout.logs },
    { path: layout.cacheFolder },
    { path: layout.personHome, mode: 0o700 },
  ].filter(({ path }) => !facts.folders.has(path))
  return wanted.length === 0
    ? steps()
    : steps(makeFolders('workspace/own-folder', `Make comfy-init’s own folder ${layout.own}`, wanted))
}
