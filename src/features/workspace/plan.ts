import { type Places, STATE_FOLDERS } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../engine/plan.ts'
import type { Facts, ImageTree } from '../../facts/facts.ts'
import type { Marker } from '../../facts/tree-facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { adoptImage } from './adopt-image.ts'
import { clearStaging } from './clear-staging.ts'
import { decideUpgrade, type UpgradeChoice } from './decide-upgrade.ts'
import { giveWay } from './give-way.ts'
import { planImport } from './import/plan.ts'
import { importsTree } from './import/what-waits.ts'
import { makeFolders } from './make-folders.ts'
import { hasStateOf, mountsAt } from './places.ts'
import { copyingOf, planTrees, planUnfinished } from './plan-trees.ts'
import { hasComfyui } from './prepare.ts'
import { planLinkRepair } from './repair-links.ts'

/** What to do with the workspace, given what is there; no steps when all is as it should be. Pure: it touches nothing. */
export function planWorkspace(settings: Settings, facts: Facts, places: Places): Plan {
  if (!hasComfyui(facts)) return planWithoutImage(facts)
  return joinPlans(planTree(settings, facts, places), planStateFolders(facts, places))
}

// That there is no ComfyUI at all is said by preflight; that this container moved its own away is known here.
function planWithoutImage({ lostImage }: Facts): Plan {
  return lostImage === undefined ? steps() : problems(new Problem('IMAGE_TREE_LOST', lostImage))
}

// A switch that was cut is finished whatever is wanted now: until then files of the person's are out of their place.
function planTree(settings: Settings, facts: Facts, places: Places): Plan {
  const { tree } = facts.workspace
  if (tree.state === 'unclear') return refuseUnclear(facts, places, tree.record)
  if (tree.state === 'switching')
    return joinPlans(planUnfinished(facts, places, tree.record), planGiveWay(facts, places, tree.record.to))
  return joinPlans(
    planLinkRepair(facts, places),
    planImport(settings, facts, places),
    planCleaning(facts, places),
    places.mode === 'move' ? planMove(settings, facts, places) : planLink(facts, places),
  )
}

function refuseUnclear({ workspace }: Facts, { layout }: Places, record: string): Plan {
  const trees = workspace.trees.places.folder
  return problems(new Problem('SWITCH_UNCLEAR', { path: layout.home, trees, record }))
}

function planMove(settings: Settings, facts: Facts, places: Places): Plan {
  const { tree } = facts.workspace
  const { home } = places.layout
  if (importsTree(facts, places.mode)) return steps()
  switch (tree.state) {
    case 'foreign':
      if (facts.brokenLinks.some(({ place }) => place === 'home')) return steps()
      return problems(new Problem('WORKSPACE_FOREIGN', { path: home, found: tree.found }))
    case 'absent':
    case 'empty':
    case 'torn':
      return facts.image === undefined
        ? steps()
        : joinPlans(stateBeside(facts, places), planAdoption(facts.image, facts, places))
    case 'switching':
    case 'unclear':
      return steps()
    case 'ours':
      if (facts.adopted === undefined && facts.workspace.trees.wish === undefined)
        return problems(new Problem('TREE_WITHOUT_COMFYUI', { path: home }))
      return planOurs(settings, facts, places, tree.marker)
  }
}

function planOurs(settings: Settings, facts: Facts, places: Places, marker: Marker): Plan {
  const choice = decideUpgrade(settings, facts, marker)
  return joinPlans(
    planTrees(choice, facts, places, marker),
    planGiveWay(facts, places, comingTree(choice, marker)),
  )
}

// Only when a person wants the move: auto stays where the state is.
function stateBeside(facts: Facts, { layout }: Places): Plan {
  const { workspace: path, home } = layout
  return hasStateOf(facts, path) ? problems(new Problem('STATE_LEFT_BESIDE', { path, home })) : steps()
}

function planAdoption(image: ImageTree, facts: Facts, places: Places): Plan {
  const inImage = mountsAt(image.path, facts.mounts)
  if (inImage.length > 0)
    return problems(new Problem('IMAGE_TREE_HAS_MOUNTS', { path: image.path, mounts: inImage }))
  const copying = copyingOf(facts, places, image)
  return joinPlans(steps(adoptImage(copying)), planGiveWay(facts, places, image.identity))
}

// Identity of the tree that will be in its place when this plan is done.
function comingTree(choice: UpgradeChoice, marker: Marker): string {
  switch (choice.act) {
    case 'same':
    case 'keep':
      return marker.image
    case 'upgrade':
      return choice.image.identity
    case 'back':
      return choice.previous.image
  }
}

// The image's tree stays where another one runs: it is what an upgrade would copy.
function planGiveWay(facts: Facts, { layout }: Places, coming: string): Plan {
  const { image, vacantHome, mounts } = facts
  const { home } = layout
  const place = image === undefined ? vacantHome : image.path
  if (place === undefined || place === home || mountsAt(place, mounts).length > 0) return steps()
  if (image === undefined) return steps(giveWay(place, home, coming))
  const canGive = image.place === 'folder' && image.replaceable && image.identity === coming
  return canGive && !holdsPythonOfImported(facts, place) ? steps(giveWay(place, home, coming)) : steps()
}

// A tree that another image left has not come with this image's Python: what lies only in the image's tree stays.
function holdsPythonOfImported({ python, workspace }: Facts, place: string): boolean {
  const isImported = workspace.tree.state === 'ours' && workspace.tree.marker.importedFrom !== undefined
  return isImported && (python?.path.startsWith(`${place}/`) ?? false)
}

// A copy that was begun and that nobody wants any more: by another boot's settings, or for another image.
function planCleaning({ workspace }: Facts, { copies }: Places): Plan {
  const { isStaged, places } = workspace.trees
  return isStaged && !copies ? steps(clearStaging(places)) : steps()
}

// The models of an image tree are read as shared ones; nothing else of it is.
function planLink(facts: Facts, { code, base }: Places): Plan {
  if (code === base) return steps()
  const seen = mountsAt(`${code}/models`, facts.mounts)
  const mounts = mountsAt(code, facts.mounts).filter((each) => each !== code && !seen.includes(each))
  return mounts.length === 0
    ? steps()
    : problems(new Problem('IMAGE_MOUNTS_UNUSED', { path: code, mounts, base }))
}

// Where a link leads nowhere no folder can be made; what is wrong with it is said.
function planStateFolders(facts: Facts, { base }: Places): Plan {
  const isLink = (path: string) => facts.brokenLinks.some((each) => each.path === path)
  const missing = STATE_FOLDERS.filter(
    (name) => !facts.folders.has(`${base}/${name}`) && !isLink(`${base}/${name}`),
  )
  const wanted = missing.map((name) => ({ path: `${base}/${name}` }))
  return wanted.length === 0
    ? steps()
    : steps(makeFolders('workspace/state-folders', `Make ${missing.join(', ')} in ${base}`, wanted))
}
