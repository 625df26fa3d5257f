import type { Places } from '../base/layout.ts'
import type { Facts } from '../facts/facts.ts'
import { secretsOf } from '../features/deaths/secrets.ts'
import { withoutOverlay } from '../features/node-check/overlay-fault.ts'
import type { StartOfComfyui } from '../features/node-check/plan.ts'
import { overlaidBy } from '../features/node-check/shadows.ts'
import { comfyuiService } from '../features/services/comfyui.ts'
import { childEnvironment } from '../features/services/environment.ts'
import type { Settings } from '../settings/settings.ts'

/** How ComfyUI is started, for a trial of its nodes, with the overlay and without; what nodes print may hold its secrets. Pure. */
export function comfyuiStart(settings: Settings, facts: Facts, places: Places): StartOfComfyui {
  return (container) => {
    const specOf = (facts: Facts) => {
      const env = childEnvironment({ container, settings, facts, places })
      return comfyuiService({ settings, facts, places, env }).spec
    }
    const service = specOf(facts)
    const overlaid = facts.packages === undefined ? undefined : overlaidBy(facts.packages)
    const plain = overlaid === undefined ? undefined : { service: specOf(withoutOverlay(facts)), overlaid }
    return { service, secrets: secretsOf(settings, [service]), plain }
  }
}
