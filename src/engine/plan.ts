import type { Progress } from '../base/event.ts'
import type { Problem } from '../base/problem.ts'
import type { Host } from '../host/host.ts'

/** Tells how far a step is. */
export type TellProgress = (progress: Progress) => void

/** One act: printable data, except `apply`, which first looks whether it is already so. */
export type Step = {
  /** `feature/act`, e.g. `workspace/adopt-image`. */
  readonly id: string
  readonly title: string
  /** Paths that exist or differ afterwards. */
  readonly changes: readonly string[]
  /** `root` acts as root where we are root; everything else acts as the person ComfyUI will run as. */
  readonly as?: 'root'
  /** `go-on` for what ComfyUI can start without: its failure makes the boot degraded, not failed. */
  readonly ifFails: 'stop' | 'go-on'
  readonly apply: (host: Host, tell: TellProgress, signal: AbortSignal) => Promise<'done' | 'not-needed'>
}

/** What to do and what is wrong. A plan that holds a blocking problem runs no step. */
export type Plan = { readonly steps: readonly Step[]; readonly problems: readonly Problem[] }

/** A plan of these steps and no problems. */
export function steps(...list: readonly Step[]): Plan {
  return { steps: list, problems: [] }
}

/** A plan of these problems and no steps. */
export function problems(...list: readonly Problem[]): Plan {
  return { steps: [], problems: list }
}

/** Several plans in order as one. */
export function joinPlans(...plans: readonly Plan[]): Plan {
  return { steps: plans.flatMap((plan) => plan.steps), problems: plans.flatMap((plan) => plan.problems) }
}
