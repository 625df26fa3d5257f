import { type Plan, steps } from '../../../engine/plan.ts'
import type { Facts } from '../../../facts/facts.ts'
import type { Settings } from '../../../settings/settings.ts'
import type { NodesWanted } from '../plan.ts'
import { giveManagerDefaults } from './give-defaults.ts'
import { MANAGER } from './is-built-in.ts'

/** Gives ComfyUI-Manager our defaults where it is wanted and was never given any. Pure. */
export function planManager(
  { offline }: Settings,
  { nodeRecords }: Pick<Facts, 'nodeRecords'>,
  { places, wanted }: NodesWanted,
): Plan {
  const isWanted = wanted.nodes.some(
    ({ folder, enabled }) => enabled && folder.toLowerCase() === MANAGER.toLowerCase(),
  )
  return isWanted && !nodeRecords.managerHasDefaults ? steps(giveManagerDefaults(places, offline)) : steps()
}
