/** The Python that ComfyUI runs with. */
export type PythonFacts = {
  readonly path: string
  /** The venv's folder when it is one. */
  readonly venv: string | undefined
  /** `3.12` */
  readonly version: string | undefined
  readonly torch: TorchFacts | undefined
  /** Undefined when it cannot be told where this Python keeps its packages. */
  readonly hasJupyter: boolean | undefined
}

/** torch as its own files describe it, without importing it. */
export type TorchFacts = {
  readonly version: string
  /** CUDA it was built with, e.g. `12.8`; undefined for a CPU build. */
  readonly cuda: string | undefined
  /** `sm_89`, `sm_120`…; undefined when nobody asked torch yet. */
  readonly archs: readonly string[] | undefined
}

/** NVIDIA GPUs as device nodes, the driver and the cache of nvidia-smi tell. */
export type GpuFacts = {
  /** `/dev/nvidia0`…; empty when there is none. */
  readonly devices: readonly string[]
  /** Groups that own the device nodes (also /dev/dri), root's left out. */
  readonly groups: readonly number[]
  /** `570.86.15` */
  readonly driver: string | undefined
  readonly cards: readonly Card[]
}

/** One card; `capability` as `sm_89`, undefined when unknown. */
export type Card = { readonly name: string; readonly capability: string | undefined }
