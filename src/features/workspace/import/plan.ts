import type { Places } from '../../../base/layout.ts'
import { Problem } from '../../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../../engine/plan.ts'
import type { Facts } from '../../../facts/facts.ts'
import type { Foreign } from '../../../facts/foreign-layout.ts'
import type { Settings } from '../../../settings/settings.ts'
import { moveFolders } from './move-folders.ts'
import { takeTree } from './take-tree.ts'

/**
 * What becomes of what another image left in the workspace: a whole ComfyUI in its place is taken over by a marker, anything that
 * would have to be moved is shown, and moved when a person has said yes. Pure. Its steps come before all that make a folder.
 */
export function planImport(settings: Settings, facts: Facts, places: Places): Plan {
  const { foreign } = facts
  if (foreign === undefined) return steps()
  if (foreign.tree !== undefined && places.mode === 'link') return leaveTree(settings, foreign, places)
  if (foreign.tree !== undefined && foreign.tree.missing.length > 0)
    return problems(new Problem('IMPORT_INCOMPLETE', foreign.tree))
  if (foreign.parts.length > 0 && !settings.importing && !foreign.isBegun)
    return ask(settings, facts, { foreign, places })
  const inTheWay = foreign.parts.filter(({ obstacle }) => obstacle !== undefined)
  if (inTheWay.length > 0)
    return problems(new Problem('IMPORT_IN_THE_WAY', { title: foreign.title, parts: inTheWay }))
  if (foreign.parts.length > 0 && foreign.tree === undefined && places.mode === 'move')
    return problems(new Problem('IMPORT_NEEDS_AUTO', { title: foreign.title, parts: foreign.parts }))
  return joinPlans(planMoves(foreign, places), planTree(foreign, facts, places), leftOut(foreign))
}

// Who says COMFY_ADOPT=link knows that the tree is left alone.
function leaveTree(settings: Settings, { tree, title }: Foreign, { reason }: Places): Plan {
  if (tree === undefined || (settings.adopt === 'link' && !settings.importing)) return steps()
  return problems(new Problem('IMPORT_TREE_UNUSED', { path: tree.path, title, reason }))
}

type Asking = { readonly foreign: Foreign; readonly places: Places }

// A first boot would put new folders where the old ones belong, after which they could only be merged: it waits for an
// answer. Where ComfyUI has run without them already, or is to leave them, it goes on doing so.
function ask(settings: Settings, facts: Facts, { foreign, places }: Asking): Plan {
  const runsWithout = settings.adopt === 'link' || facts.folders.has(`${places.base}/user`)
  const { title, parts } = foreign
  const details = { title, workspace: places.layout.workspace, parts }
  return problems(
    new Problem('IMPORT_WAITS', details, {
      level: runsWithout && places.mode === 'link' ? 'warning' : 'blocking',
    }),
  )
}

function planMoves(foreign: Foreign, { layout }: Places): Plan {
  return foreign.parts.length === 0 && !foreign.isBegun ? steps() : steps(moveFolders(foreign, layout))
}

function planTree({ tree, kind, title }: Foreign, facts: Facts, { layout }: Places): Plan {
  if (tree?.source === undefined) return steps()
  const { nowMs, python, image } = facts
  const mountsInside = facts.workspace.mountsInside
  return steps(
    takeTree({ source: tree.source, kind, title, home: layout.home, mountsInside, nowMs, python, image }),
  )
}

function leftOut({ title, unused }: Foreign): Plan {
  return unused.length === 0 ? steps() : problems(new Problem('IMPORT_LEFT_OUT', { title, unused }))
}
