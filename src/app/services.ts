import type { Problem } from '../base/problem.ts'
import { secret } from '../base/secret.ts'
import type { ServiceSpec } from '../base/service.ts'
import { comfyuiService } from '../features/services/comfyui.ts'
import { childEnvironment } from '../features/services/environment.ts'
import { jupyterService } from '../features/services/jupyter.ts'
import { safeComfyui } from '../features/services/safe-mode.ts'
import type { SpecFor } from '../features/supervise/variant.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import type { Settled } from './settle.ts'

/** What to run, what to run instead in safe mode, and warnings about it. */
export type Services = {
  readonly specs: readonly ServiceSpec[]
  readonly specFor: SpecFor
  readonly problems: readonly Problem[]
}

/** Turns settled facts into the services to run: ComfyUI, and JupyterLab when it is wanted and there. */
export async function prepareServices(
  host: Host,
  settings: Settings,
  { facts, places }: Pick<Settled, 'facts' | 'places'>,
): Promise<Services> {
  const env = childEnvironment({ container: host.env, settings, facts, places })
  const comfyui = comfyuiService({ settings, facts, places, env })
  const kept = settings.jupyter ? await host.fs.readText(places.layout.jupyterTokenFile) : undefined
  const token = settings.jupyterToken ?? (kept === undefined ? undefined : secret(kept.trim()))
  const jupyter = jupyterService({ settings, facts, places, env, token })
  return {
    specs: jupyter === undefined ? [comfyui.spec] : [comfyui.spec, jupyter],
    // Only ComfyUI has a safe mode.
    specFor: async (spec, mode) =>
      mode === 'normal' ? { spec } : safeComfyui(host, spec, { settings, facts, places }),
    problems: comfyui.problems,
  }
}
