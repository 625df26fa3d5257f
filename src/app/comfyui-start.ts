import type { Places } from '../base/layout.ts'
import type { Facts } from '../facts/facts.ts'
import { secretsOf } from '../features/deaths/secrets.ts'
import type { StartOfComfyui } from '../features/node-check/plan.ts'
import { comfyuiService } from '../features/services/comfyui.ts'
import { childEnvironment } from '../features/services/environment.ts'
import type { Settings } from '../settings/settings.ts'

/** How ComfyUI is started, for a trial of its nodes; what nodes print may hold its secrets. Pure. */
export function comfyuiStart(settings: Settings, facts: Facts, places: Places): StartOfComfyui {
  return (container) => {
    const env = childEnvironment({ container, settings, facts, places })
    const { spec } = comfyuiService({ settings, facts, places, env })
    return { service: spec, secrets: secretsOf(settings, [spec]) }
  }
}
