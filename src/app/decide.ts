import type { Places } from '../base/layout.ts'
import type { NodesLock } from '../base/node.ts'
import { joinPlans, type Plan } from '../engine/plan.ts'
import type { Facts } from '../facts/facts.ts'
import { planIdentity } from '../features/identity/plan.ts'
import { planModels } from '../features/models/plan.ts'
import { planNodeCheck } from '../features/node-check/plan.ts'
import { keepPackages, lockedPackages } from '../features/nodes/lock/keep-packages.ts'
import { planManager } from '../features/nodes/manager/plan.ts'
import { packageSources } from '../features/nodes/package-sources.ts'
import { planCheckouts, planImageNodes } from '../features/nodes/plan.ts'
import { type Wanted, wantedNodes } from '../features/nodes/wanted.ts'
import { planPackages } from '../features/packages/plan.ts'
import { planPreflight } from '../features/preflight/plan.ts'
import { planServices } from '../features/services/plan.ts'
import { decidePlaces } from '../features/workspace/places.ts'
import { planWorkspace } from '../features/workspace/plan.ts'
import { planPatch } from '../features/workspace/plan-trees.ts'
import { planPreparation } from '../features/workspace/prepare.ts'
import { planVenv } from '../features/workspace/venv/plan.ts'
import type { Settings } from '../settings/settings.ts'
import { comfyuiStart } from './comfyui-start.ts'

/** What is to be done, and where things will lie then. `preparation` is the part of it that needs no lock: it makes the lock’s place. */
export type Decision = { readonly places: Places; readonly plan: Plan; readonly preparation: Plan }

const NONE: ReadonlySet<string> = new Set()

/**
 * Joins every feature's plan. Pure. What acts as root or makes places comes first; what runs programs comes after the drop.
 * `failed` are the steps that this start tried and does not try again.
 */
export function decide(settings: Settings, facts: Facts, failed: ReadonlySet<string> = NONE): Decision {
  const places = decidePlaces(settings, facts)
  const preparation = planPreparation(facts, places)
  const wanted = wantedNodes(settings, facts)
  const before = joinPlans(
    planPreflight(settings, facts, places),
    preparation,
    planWorkspace(settings, facts, places),
    planImageNodes(settings, facts, places),
    planModels(settings, facts, places),
    planServices(settings, facts, places),
    planIdentity(settings, facts),
    planVenv(facts, places),
    planPatch(facts, places),
    planManager(settings, facts, { places, wanted }),
  )
  const about = { places, wanted, failed, isPrepared: isDone(before, failed) }
  const plan = joinPlans(before, planNodes(settings, asPerson(facts), about))
  return { places, plan, preparation }
}

// Nodes come after the one step that makes us the person that ComfyUI runs as, in the same round where there is no other.
function asPerson(facts: Facts): Facts {
  return { ...facts, who: { ...facts.who, us: facts.who.target } }
}

/** What nodes are planned from; `isPrepared`: what they lie on is in its place. */
export type NodesAbout = {
  readonly places: Places
  readonly wanted: Wanted
  readonly failed?: ReadonlySet<string>
  readonly isPrepared?: boolean
}

/** Nodes, their packages, their import: each only once the one before has nothing left to do, and left what it works on. Pure. */
export function planNodes(settings: Settings, facts: Facts, about: NodesAbout): Plan {
  const { places, wanted, failed = NONE, isPrepared = true } = about
  const checkouts = planCheckouts(settings, facts, about)
  if (!isPrepared || !isDone(checkouts, failed)) return checkouts
  const sources = packageSources(settings, facts, about)
  const packages = planPackages(settings, facts, {
    ...{ places, sources },
    locked: lockedPackages(facts),
    onResolved: keepPackages(places.layout, comfyuiOf(facts, places)),
  })
  if (!isDone(packages, failed)) return joinPlans(checkouts, packages)
  return joinPlans(
    checkouts,
    packages,
    planNodeCheck(settings, facts, {
      ...{ places, wanted: wanted.nodes, sources },
      comfyui: comfyuiStart(settings, facts, places),
    }),
  )
}

// What changes nothing, as who ComfyUI becomes, brings no further round: what waited for it would never be planned.
function isDone({ steps }: Plan, failed: ReadonlySet<string>): boolean {
  return steps.every(({ id, changes }) => failed.has(id) || changes.length === 0)
}

function comfyuiOf({ adopted, image }: Facts, { mode }: Places): NodesLock['comfyui'] {
  const { version, commit } = (mode === 'move' ? (adopted ?? image) : image) ?? {}
  if (version === undefined && commit === undefined) return undefined
  return { ...(version === undefined ? {} : { version }), ...(commit === undefined ? {} : { commit }) }
}
