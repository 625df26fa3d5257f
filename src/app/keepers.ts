import type { Bus } from '../base/event.ts'
import type { Places } from '../base/layout.ts'
import type { ServiceSpec } from '../base/service.ts'
import type { Facts } from '../facts/facts.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { deathKeeper } from './death-keeper.ts'
import type { Gauges } from './gauges.ts'
import { gpuKeeper } from './gpu-keeper.ts'
import { importKeeper } from './import-keeper.ts'
import { queueKeeper } from './queue-keeper.ts'

/** All that watches the services beside their supervisor. */
export type Keepers = {
  readonly gauges: () => Gauges
  /** Lets ComfyUI finish what it works on, as far as the settings allow and nobody hurries. */
  readonly drain: (hurry: AbortSignal) => Promise<void>
  /** Keeps what waits in ComfyUI's queue for its next run; to be called before somebody stops or restarts it. */
  readonly keep: () => Promise<void>
  /** To be called when no service runs any more. */
  readonly close: () => Promise<void>
}

/** What they need; `restart` restarts a service. */
export type KeepersNeed = {
  readonly specs: readonly ServiceSpec[]
  readonly bus: Bus
  readonly settings: Settings
  readonly facts: Facts
  readonly places: Places
  readonly restart: (service: string, why: string) => void
}

/** Watches queue, GPU, imports and deaths from now on; to be called before services start. */
export function keepers(host: Host, need: KeepersNeed): Keepers {
  const { specs, bus, settings, facts, places } = need
  const { layout } = places
  const gpus = gpuKeeper(host, { bus, facts, settings })
  const comfyui = specs.find(({ essential }) => essential)
  const queue =
    comfyui &&
    queueKeeper(host, {
      ...{ bus, settings, layout, spec: comfyui, isGpuBusy: gpus.isBusy },
      restart: (why) => need.restart(comfyui.name, why),
    })
  const leaveImports = comfyui && importKeeper({ bus, settings, places, facts, spec: comfyui })
  const deaths = deathKeeper(host, {
    ...{ bus, layout, services: specs, settings, facts },
    promptId: () => queue?.lastPrompt(),
    uses: () => ({ vramBytes: gpus.now()?.reduce((sum, { usedBytes }) => sum + usedBytes, 0) }),
  })
  return {
    gauges: () => {
      const seen = queue?.now()
      const measured = gpus.now()
      return {
        ...(seen && { queue: { running: seen.running === undefined ? 0 : 1, pending: seen.pending } }),
        ...(measured && { gpus: measured }),
      }
    },
    drain: async (hurry) => queue?.drain(hurry),
    keep: async () => queue?.keep(),
    close: async () => {
      queue?.close()
      gpus.close()
      leaveImports?.()
      await deaths.close()
    },
  }
}
