/** One graphics card as it was last measured; `utilisation` is from 0 to 1. */
export type GpuGauge = {
  readonly index: number
  readonly name: string
  readonly usedBytes: number
  readonly totalBytes: number
  readonly utilisation: number
}

/** What other parts of the program measure; what is not known is left out. */
export type Gauges = {
  /** Prompts in ComfyUI's queue. */
  readonly queue?: { readonly running: number; readonly pending: number }
  readonly gpus?: readonly GpuGauge[]
}
