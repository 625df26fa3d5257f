import type { Ending } from '../../base/exit-code.ts'
import type { RestartPolicy, Rung } from '../../base/service.ts'

/** What follows once nothing of a service runs any more. */
export type After =
  | { readonly do: 'rest' }
  | { readonly do: 'start' }
  | { readonly do: 'wait'; readonly delayMs: number }
  | { readonly do: 'end' | 'give-up'; readonly ending: Ending }

/** A ladder on the way down: the current rung first; `endsMs` is when its grace is over, on the events' clock. */
export type Descent = { readonly rungs: readonly Rung[]; readonly endsMs: number }

/** Where one service is, with exactly what that state needs. `pid` is its leader, and the id of its group. */
export type Life =
  | { readonly state: 'stopped' | 'backoff' | 'gave-up' }
  | { readonly state: 'starting'; readonly pid: number | undefined }
  | { readonly state: 'running'; readonly pid: number }
  | {
      readonly state: 'stopping' | 'killing'
      readonly pid: number | undefined
      readonly descent: Descent
      readonly after: After
    }
  | { readonly state: 'stuck'; readonly pid: number | undefined; readonly after: After }

/** What is remembered from state to state; times are of the events' clock. */
export type Past = {
  readonly starts: number
  /** Times of the deaths that count. */
  readonly deaths: readonly number[]
  /** Times of restarts the service asked for since it last answered. */
  readonly requests: readonly number[]
  readonly lastEnding: Ending | undefined
  /** Why it is in its state, in words. */
  readonly why: string | undefined
}

/** One service: where it is and what it remembers. */
export type ServiceNow = { readonly life: Life; readonly past: Past }

/** What happened to a service; `atMs` never goes back. */
export type ServiceEvent = { readonly atMs: number } & (
  | { readonly type: 'start-asked' | 'restart-asked' }
  /** With a grace, everything must be over within it. */
  | { readonly type: 'stop-asked'; readonly graceMs?: number }
  | { readonly type: 'spawned'; readonly pid: number }
  | { readonly type: 'spawn-failed'; readonly ending: Ending; readonly hopeless: boolean }
  | { readonly type: 'answered' | 'rung-elapsed' | 'backoff-elapsed' | 'group-empty' }
  /** The leader is gone; `left` when living processes of its group are not. */
  | {
      readonly type: 'exited'
      readonly ending: Ending
      readonly restartAsked: boolean
      readonly left: boolean
    }
)

/** What the driver has to do. At most one wake-up is due at a time: a new one replaces it, a new state without one cancels it. */
export type ServiceCommand =
  | { readonly do: 'spawn' }
  | { readonly do: 'signal'; readonly pid: number; readonly signal: NodeJS.Signals }
  | { readonly do: 'wake'; readonly afterMs: number; readonly with: 'rung-elapsed' | 'backoff-elapsed' }
  | { readonly do: 'watch-group'; readonly pid: number }
  /** It will not be started again by itself. */
  | { readonly do: 'over'; readonly ending: Ending; readonly gaveUp: boolean }

/** How a service is stopped and restarted. */
export type Policy = { readonly stop: readonly Rung[]; readonly restart: RestartPolicy }

/** A state and what to do on entering it. */
export type Turn = readonly [ServiceNow, readonly ServiceCommand[]]

/** A service that was never started. */
export const neverStarted: ServiceNow = {
  life: { state: 'stopped' },
  past: { starts: 0, deaths: [], requests: [], lastEnding: undefined, why: undefined },
}
