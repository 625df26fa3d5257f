import { type Places, STATE_FOLDERS } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../engine/plan.ts'
import type { Facts, ImageTree, Marker } from '../../facts/facts.ts'
import { isGivenByRoot } from '../../facts/given-by-root.ts'
import type { Settings } from '../../settings/settings.ts'
import { adoptImage } from './adopt-image.ts'
import { clearStaging } from './clear-staging.ts'
import { giveWay } from './give-way.ts'
import { makeFolders } from './make-folders.ts'
import { hasStateOf, mountsAt } from './places.ts'
import { takeFolder } from './take-folder.ts'

/** What to do with the workspace, given what is there; no steps when all is as it should be. Pure: it touches nothing. */
export function planWorkspace(_settings: Settings, facts: Facts, places: Places): Plan {
  if (facts.image === undefined && facts.workspace.tree.state !== 'ours') return planWithoutImage(facts)
  return joinPlans(
    isGivenByRoot(facts) ? steps(takeFolder(facts)) : steps(),
    planOwnFolders(facts, places),
    places.mode === 'move'
      ? planMove(facts, places)
      : joinPlans(planCleaning(facts, places), planLink(facts, places)),
    planStateFolders(facts, places),
  )
}

// That there is no ComfyUI at all is said by preflight; that this container moved its own away is known here.
function planWithoutImage({ lostImage }: Facts): Plan {
  return lostImage === undefined ? steps() : problems(new Problem('IMAGE_TREE_LOST', lostImage))
}

function planMove(facts: Facts, places: Places): Plan {
  const { tree } = facts.workspace
  const { home } = places.layout
  switch (tree.state) {
    case 'foreign':
      return problems(new Problem('WORKSPACE_FOREIGN', { path: home, found: tree.found }))
    case 'absent':
    case 'empty':
    case 'torn':
      return facts.image === undefined
        ? steps()
        : joinPlans(stateBeside(facts, places), planAdoption(facts.image, facts, places))
    case 'ours':
      if (facts.adopted === undefined) return problems(new Problem('TREE_WITHOUT_COMFYUI', { path: home }))
      return joinPlans(compare(tree.marker, facts, home), planGiveWay(facts, home))
  }
}

// Only when a person wants the move: auto stays where the state is.
function stateBeside(facts: Facts, { layout }: Places): Plan {
  const { workspace: path, home } = layout
  return hasStateOf(facts, path) ? problems(new Problem('STATE_LEFT_BESIDE', { path, home })) : steps()
}

function planAdoption(image: ImageTree, facts: Facts, places: Places): Plan {
  const { home } = places.layout
  const inHome = mountsAt(home, facts.mounts)
  if (inHome.length > 0)
    return problems(new Problem('WORKSPACE_TREE_HAS_MOUNTS', { path: home, mounts: inHome }))
  const inImage = mountsAt(image.path, facts.mounts)
  if (inImage.length > 0)
    return problems(new Problem('IMAGE_TREE_HAS_MOUNTS', { path: image.path, mounts: inImage }))
  return joinPlans(steps(adoptImage(image, places.layout, facts.nowMs)), planGiveWay(facts, home))
}

function planGiveWay({ image, vacantHome, mounts }: Facts, home: string): Plan {
  const place = image === undefined ? vacantHome : image.path
  if (place === undefined || place === home || mountsAt(place, mounts).length > 0) return steps()
  if (image !== undefined && (image.place === 'link' || !image.replaceable)) return steps()
  return steps(giveWay(place, home))
}

// Only a tree that still lies in the image can be compared; through a link the workspace's own is seen.
function compare(marker: Marker, { image, adopted }: Facts, home: string): Plan {
  if (image === undefined || image.place === 'link' || image.identity === marker.image) return steps()
  const workspace = adopted?.version ?? marker.version ?? marker.image
  const versions = { workspace, image: image.version ?? image.identity }
  if (versions.workspace !== versions.image)
    return problems(new Problem('IMAGE_DIFFERS', { path: home, ...versions }))
  return problems(
    new Problem('IMAGE_DIFFERS', { path: home, workspace: marker.image, image: image.identity }),
  )
}

function planCleaning({ workspace }: Facts, { layout }: Places): Plan {
  return workspace.tree.state === 'torn' ? steps(clearStaging(layout)) : steps()
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

function planStateFolders(facts: Facts, { base }: Places): Plan {
  const missing = STATE_FOLDERS.filter((name) => !facts.folders.has(`${base}/${name}`))
  const wanted = missing.map((name) => ({ path: `${base}/${name}` }))
  return wanted.length === 0
    ? steps()
    : steps(makeFolders('workspace/state-folders', `Make ${missing.join(', ')} in ${base}`, wanted))
}
