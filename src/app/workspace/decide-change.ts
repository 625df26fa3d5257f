import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import { planIdentity } from '../../features/identity/plan.ts'
import { checkAbilities } from '../../features/preflight/abilities.ts'
import { checkRoom } from '../../features/preflight/room.ts'
import { decidePlaces } from '../../features/workspace/places.ts'
import { planWorkspace } from '../../features/workspace/plan.ts'
import { planPatch } from '../../features/workspace/plan-trees.ts'
import type { Settings } from '../../settings/settings.ts'

/**
 * What is to be done about the trees alone, for a wish that was written down; with `upgrade` at keep, so that nothing else is
 * begun once it has come true. The image’s own place is left to the next start. Pure.
 */
export function decideChange(settings: Settings, facts: Facts): Plan {
  const places = decidePlaces(settings, facts)
  // A boot without the room goes on with what is there; who asks for the change itself is refused.
  const room = checkRoom(settings, facts, places).map(
    ({ code, details }) => new Problem(code, details, { level: 'blocking' }),
  )
  const wrong = [...checkAbilities(settings, facts, places), ...room]
  const plan = planWorkspace(settings, facts, places)
  const trees = {
    steps: plan.steps.filter(({ id }) => id !== 'workspace/give-way'),
    problems: plan.problems.filter(({ code }) => code !== 'IMAGE_DIFFERS'),
  }
  return joinPlans(problems(...wrong), trees, decidePatch(settings, facts))
}

/** What is to be done to finish a switch that was cut, and nothing more. Pure. */
export function decideFinish(settings: Settings, facts: Facts): Plan {
  if (facts.workspace.tree.state !== 'switching') return decidePatch(settings, facts)
  return planWorkspace(settings, facts, decidePlaces(settings, facts))
}

/** What git has still to say about changes in the previous tree: git is a program, so the identity is dropped first. Pure. */
export function decidePatch(settings: Settings, facts: Facts): Plan {
  if (!facts.workspace.trees.pendingPatch) return steps()
  return joinPlans(planIdentity(settings, facts), planPatch(facts, decidePlaces(settings, facts)))
}
