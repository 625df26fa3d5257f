import type { Death } from './death.ts'
import type { Runtime } from './entry.ts'
import type { Ending } from './exit-code.ts'
import type { Problem } from './problem.ts'

/** Where the whole boot is. `degraded` is running with something optional missing; `failed` will not run any more. */
export type Phase = 'preparing' | 'starting' | 'ready' | 'degraded' | 'stopping' | 'stopped' | 'failed'

/** State of one supervised service; the only state it has. */
export type ServiceState =
  | 'stopped'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'killing'
  | 'backoff'
  | 'gave-up'
  | 'stuck'

/**
 * What can hold beside the phase. `stalled` and `gpu-lost` mean that ComfyUI answers and does not work, `draining` that it
 * takes no new work: none of them is ready. `safe-mode` is, and so is `import-failed`: some nodes could not be loaded.
 */
export type Condition = 'safe-mode' | 'stalled' | 'gpu-lost' | 'draining' | 'import-failed'

/** How one step ended. */
export type StepResult = 'done' | 'not-needed' | 'failed' | 'not-reached'

/** So much of so much. */
export type Part = { readonly done: number; readonly total: number }

/** How far a step is, in bytes and files or in nodes; `paused` when somebody has it wait. */
export type Progress = {
  readonly bytes: Part
  readonly files: Part
  readonly nodes?: Part
  readonly paused?: boolean
}

/** Everything that can be told while the program runs; the log, the status and later the page are made from these alone. */
export type Event =
  | { readonly type: 'runtime'; readonly runtime: Runtime }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'round'; readonly steps: readonly { readonly id: string; readonly title: string }[] }
  | { readonly type: 'step-started'; readonly id: string; readonly title: string }
  | ({ readonly type: 'progress'; readonly id: string } & Progress & { readonly leftMs?: number })
  | { readonly type: 'step-done'; readonly id: string; readonly result: StepResult; readonly ms: number }
  | { readonly type: 'problem'; readonly problem: Problem }
  | {
      readonly type: 'service-state'
      readonly service: string
      readonly state: ServiceState
      readonly pid?: number
      readonly why?: string
      /** It runs without custom nodes, or without some of them. */
      readonly isSafe?: boolean
    }
  /** A service ended and nobody had asked it to; told when its last lines are out. */
  | {
      readonly type: 'service-death'
      readonly service: string
      readonly pid: number
      readonly ending: Ending
      readonly uptimeMs: number
      readonly isSafe: boolean
    }
  /** What was found out about a death. */
  | { readonly type: 'death'; readonly death: Death }
  /** Something holds from now on, in words; without words it holds no more. */
  | { readonly type: 'condition'; readonly condition: Condition; readonly text?: string }
  | {
      readonly type: 'service-line'
      readonly service: string
      readonly stream: 'stdout' | 'stderr'
      readonly bytes: Uint8Array
      /** It ended with a carriage return: what comes next is written over it, as progress bars do. */
      readonly isOverwritten?: boolean
    }
  | { readonly type: 'note'; readonly level: LogLevel; readonly text: string }

/** How much is logged, from least to most. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Tells an event to whoever listens; never throws, never waits. */
export type Tell = (event: Event) => void

/** A bus: one side tells, the other listens; listeners are called in order, at once. */
export type Bus = { readonly tell: Tell; readonly listen: (listener: Tell) => () => void }

/** A new bus without listeners. */
export function makeBus(): Bus {
  const listeners = new Set<Tell>()
  return {
    tell: (event) => {
      for (const listener of listeners) listener(event)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
