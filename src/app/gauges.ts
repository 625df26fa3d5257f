import type { GpuUse } from '../features/gpu-watch/gpu-use.ts'

/** What other parts of the program measure; what is not known is left out. */
export type Gauges = {
  /** Prompts in ComfyUI's queue. */
  readonly queue?: { readonly running: number; readonly pending: number }
  readonly gpus?: readonly GpuUse[]
}
