import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import { isOfThisStart } from '../../facts/of-this-start.ts'
import { planIdentity } from '../../features/identity/plan.ts'
import { planNodeCheck } from '../../features/node-check/plan.ts'
import { packageSources } from '../../features/nodes/package-sources.ts'
import { planImageNodes } from '../../features/nodes/plan.ts'
import type { Settings } from '../../settings/settings.ts'
import { comfyuiStart } from '../comfyui-start.ts'
import { planNodes } from '../decide.ts'
import { withoutOldFailures } from './old-failures.ts'
import { sceneOf } from './view.ts'

/** What is to be done so that the nodes are as asked for; programs run only once the identity is dropped. Pure. */
export function decideSync(settings: Settings, found: Facts): Plan {
  const facts = withoutOldFailures(found)
  const { places, wanted } = sceneOf(settings, facts)
  return joinPlans(
    planIdentity(settings, facts),
    planImageNodes(settings, facts, places),
    asWarnings(planNodes(settings, facts, { places, wanted })),
  )
}

/** What is to be done to import all nodes once more, and nothing else; what was imported since this act began counts. Pure. */
export function decideCheck(settings: Settings, found: Facts): Plan {
  const { nodeRecords } = found
  const { imports } = nodeRecords
  const isOld = imports !== undefined && !isOfThisStart(imports, found)
  const facts = isOld ? { ...found, nodeRecords: { ...nodeRecords, imports: undefined } } : found
  const { places, wanted } = sceneOf(settings, facts)
  const check = planNodeCheck({ ...settings, nodeCheck: true }, facts, {
    ...{ places, wanted: wanted.nodes },
    sources: packageSources(settings, facts, { places, wanted }),
    comfyui: comfyuiStart(settings, facts, places),
  })
  return joinPlans(planIdentity(settings, facts), asWarnings(check))
}

// A start refuses to go on without a required node; an act has to get the others all the same.
function asWarnings({ steps, problems }: Plan): Plan {
  return {
    steps,
    problems: problems.map(
      ({ code, details, cause }) => new Problem(code, details, { level: 'warning', cause }),
    ),
  }
}
