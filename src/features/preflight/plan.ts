import type { Places } from '../../base/layout.ts'
import type { Problem } from '../../base/problem.ts'
import { type Plan, problems } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { checkAbilities } from './abilities.ts'
import { checkDriver } from './driver.ts'
import { checkGpu } from './gpu.ts'
import { checkImage } from './image.ts'
import { checkLimits } from './limits.ts'
import { checkMounts } from './mounts.ts'
import { checkPorts } from './ports.ts'
import { checkPython } from './python.ts'
import { checkRoom } from './room.ts'
import { checkSharedModels } from './shared-models.ts'
import { checkTorch } from './torch.ts'

/** One concern: looks at what was read and says what is wrong; an empty list is well. */
export type Check = (settings: Settings, facts: Facts, places: Places) => readonly Problem[]

// In the order a person repairs them: what is in the image, where the work lies, what it needs from the machine.
const CHECKS: readonly Check[] = [
  checkImage,
  checkPython,
  checkMounts,
  checkAbilities,
  checkRoom,
  checkSharedModels,
  checkGpu,
  checkDriver,
  checkTorch,
  checkPorts,
  checkLimits,
]

/** Everything that is wrong with the machine, all at once. Plans no step. */
export function planPreflight(settings: Settings, facts: Facts, places: Places): Plan {
  return problems(...CHECKS.flatMap((check) => check(settings, facts, places)))
}
