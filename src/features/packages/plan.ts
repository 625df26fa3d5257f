import type { Places } from '../../base/layout.ts'
import type { PackageSource } from '../../base/node.ts'
import { type Plan, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

/** What packages are planned from. */
export type PackagesWanted = { readonly places: Places; readonly sources: readonly PackageSource[] }

/** Installs what nodes require into a new overlay where the one in use was made for something else; tells what failed. Pure. */
export function planPackages(_settings: Settings, _facts: Facts, _wanted: PackagesWanted): Plan {
  return steps()
}
