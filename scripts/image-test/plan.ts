/** An image to test, or why there is none. */
export type Candidate = { readonly name: string } | { readonly missing: string }

/** What the checks in test/image work on; it reaches them in the environment. */
export type ImagePlan = {
  readonly program: 'docker' | 'podman'
  /** Of every container that is made: the process that made it. */
  readonly label: string
  /** Why no container runs on this machine. */
  readonly cannotRun: string | undefined
  readonly images: {
    readonly cpu: Candidate
    /** The same with a newer ComfyUI. */
    readonly newer: Candidate
    readonly cuda: Candidate
  }
  /** What the images are built on. */
  readonly base: Candidate
  /** The Dockerfile that the cpu image comes from. */
  readonly file: string
  /** Whether the ComfyUI is the stand-in of the tests, which does as its variables say. */
  readonly standIn: boolean
  readonly keep: boolean
}

/** Variable that holds the plan as JSON. */
export const PLAN_VARIABLE = 'COMFY_INIT_IMAGE_TEST'

/** Key of the label on our containers; its value is the number of the process that made them. */
export const LABEL = 'comfy-init-test'

/** Begins the name of everything we make in an engine's store. */
export const PREFIX = 'comfy-init-test'
