import type { Places } from '../../base/layout.ts'
import { problemOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { checkOutStep } from './checkout/step.ts'
import { choicesFor } from './choose.ts'
import { decideNodeLinks } from './image-nodes.ts'
import { linkNodes } from './link-nodes.ts'
import { readLocks } from './lock/read-locks.ts'
import type { Wanted } from './wanted.ts'

/** Links the nodes that the image brings into custom_nodes. Pure. */
export function planImageNodes(settings: Settings, facts: Facts, places: Places): Plan {
  const links = decideNodeLinks(facts, places)
  const nothing = links.make.length === 0 && links.remove.length === 0
  return joinPlans(
    nothing ? steps() : steps(linkNodes(places.customNodes, links)),
    missingFolder(settings.nodesFolder, facts),
  )
}

/** What nodes are planned from. */
export type NodesWanted = { readonly places: Places; readonly wanted: Wanted }

/** Checks out what is wanted and nowhere yet, or is there otherwise than it is wanted; tells what did not work out. Pure. */
export function planCheckouts(settings: Settings, facts: Facts, { places, wanted }: NodesWanted): Plan {
  const choices = choicesFor(settings, facts, { places, wanted })
  const toDo = choices.flatMap((choice) => (choice.act === 'check-out' ? [choice.node] : []))
  const failed = choices.flatMap((choice) =>
    choice.failure === undefined || choice.act === 'check-out'
      ? []
      : [problemOf(choice.failure, choice.node.wanted.required)],
  )
  return joinPlans(
    problems(...wanted.problems, ...readLocks(facts.nodeRecords.locks).problems, ...failed),
    toDo.length === 0 ? steps() : steps(checkOutStep({ nodes: toDo, places, settings })),
  )
}

function missingFolder(nodesFolder: string | undefined, facts: Facts): Plan {
  if (nodesFolder === undefined || facts.folders.has(nodesFolder)) return steps()
  return problems(new Problem('NODES_FOLDER_ABSENT', { path: nodesFolder }))
}
