import type { Bus } from '../base/event.ts'
import { Problem } from '../base/problem.ts'
import type { Facts } from '../facts/facts.ts'
import { torchBuild, usesGpu } from '../facts/gpu-use.ts'
import type { GpuUse } from '../features/gpu-watch/gpu-use.ts'
import { watchGpu } from '../features/gpu-watch/watch-gpu.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'

/** Watches the cards that ComfyUI uses. */
export type GpuKeeper = {
  /** Undefined where ComfyUI uses no card of NVIDIA's, or nobody knows how it is used. */
  readonly now: () => readonly GpuUse[] | undefined
  /** Whether a card computes; undefined where nobody knows. */
  readonly isBusy: () => boolean | undefined
  readonly close: () => void
}

/** What keeping needs. */
export type GpuKeeping = {
  readonly bus: Bus
  readonly facts: Pick<Facts, 'gpu' | 'python'>
  readonly settings: Pick<Settings, 'gpu' | 'args'>
}

/** A card that only shows a desktop is used a little, too. */
const BUSY = 0.05

/** Watches from now on; does nothing where ComfyUI uses no card of NVIDIA's. */
export function gpuKeeper(host: Host, { bus, facts, settings }: GpuKeeping): GpuKeeper {
  const over = new AbortController()
  let gpus: readonly GpuUse[] | undefined
  let lost: string | undefined
  const onLost = (signs: string | undefined) => {
    if (signs === lost) return
    const isNew = lost === undefined
    lost = signs
    if (signs !== undefined && isNew)
      bus.tell({ type: 'problem', problem: new Problem('GPU_LOST', { signs }) })
    const text = signs === undefined ? {} : { text: `The GPU cannot be reached any more: ${signs}` }
    bus.tell({ type: 'condition', condition: 'gpu-lost', ...text })
  }
  const onUse = (found: readonly GpuUse[] | undefined) => {
    gpus = found
  }
  if (usesNvidia(settings, facts)) void watchGpu(host, { signal: over.signal, onUse, onLost })
  return {
    now: () => gpus,
    isBusy: () => gpus?.some(({ utilisation }) => utilisation >= BUSY),
    close: () => over.abort(),
  }
}

function usesNvidia(settings: GpuKeeping['settings'], facts: GpuKeeping['facts']): boolean {
  if (!usesGpu(settings, facts)) return false
  return facts.python?.torch === undefined || torchBuild(facts.python.torch) === 'cuda'
}
