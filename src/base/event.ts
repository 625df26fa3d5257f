import type { Runtime } from './entry.ts'
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

/** How one step ended. */
export type StepResult = 'done' | 'not-needed' | 'failed' | 'not-reached'

/** So much of so much. */
export type Part = { readonly done: number; readonly total: number }

/** How far a step is; `paused` when somebody has it wait. */
export type Progress = { readonly bytes: Part; readonly files: Part; readonly paused?: boolean }

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
    }
  | {
      readonly type: 'service-line'
      readonly service: string
      readonly stream: 'stdout' | 'stderr'
      readonly bytes: Uint8Array
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
