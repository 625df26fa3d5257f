import type { Places } from '../base/layout.ts'
import { joinPlans, type Plan } from '../engine/plan.ts'
import type { Facts } from '../facts/facts.ts'
import { planIdentity } from '../features/identity/plan.ts'
import { planModels } from '../features/models/plan.ts'
import { planNodeCheck } from '../features/node-check/plan.ts'
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

/** What is to be done, and where things will lie then. `preparation` is the part of it that needs no lock: it makes the lock’s place. */
export type Decision = { readonly places: Places; readonly plan: Plan; readonly preparation: Plan }

/** Joins every feature's plan. Pure. What acts as root or makes places comes first; what runs programs comes after the drop. */
export function decide(settings: Settings, facts: Facts): Decision {
  const places = decidePlaces(settings, facts)
  const preparation = planPreparation(facts, places)
  const wanted = wantedNodes(settings, facts)
  const plan = joinPlans(
    planPreflight(settings, facts, places),
    preparation,
    planWorkspace(settings, facts, places),
    planImageNodes(settings, facts, places),
    planModels(settings, facts, places),
    planServices(settings, facts, places),
    planIdentity(settings, facts),
    planVenv(facts, places),
    planPatch(facts, places),
    planNodes(settings, facts, { places, wanted }),
  )
  return { places, plan, preparation }
}

// Each only once the one before has nothing left to do: what it works on is there then.
function planNodes(
  settings: Settings,
  facts: Facts,
  about: { readonly places: Places; readonly wanted: Wanted },
): Plan {
  const { places, wanted } = about
  const checkouts = planCheckouts(settings, facts, about)
  if (checkouts.steps.length > 0) return checkouts
  const sources = packageSources(settings, facts, about)
  const packages = planPackages(settings, facts, { places, sources })
  if (packages.steps.length > 0) return joinPlans(checkouts, packages)
  return joinPlans(
    checkouts,
    packages,
    planNodeCheck(settings, facts, { places, wanted: wanted.nodes, sources }),
  )
}
