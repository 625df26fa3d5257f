import type { Ending } from '../../base/exit-code.ts'
import type { RestartPolicy, Rung } from '../../base/service.ts'

/** How a service is started: as it is, or without what most likely ends it. */
export type Mode = 'normal' | 'safe'

/** What follows once nothing of a service runs any more; after a wait it is started in the mode it was in. */
export type After =
  | { readonly do: 'rest' }
  | { readonly do: 'start'; readonly mode: Mode }
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
  /** The mode of its last start. */
  readonly mode: Mode
  /** Times of the deaths that count towards the limit. */
  readonly deaths: readonly number[]
  /** Deaths since it last answered: what the wait before the next try grows with. */
  readonly inARow: number
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
  | { readonly type: 'start-asked' }
  /** By a person; with a reason by the program itself, which neither forgets deaths nor leaves safe mode. */
  | { readonly type: 'restart-asked'; readonly why?: string }
  /** With a grace, everything must be over within it. */
  | { readonly type: 'stop-asked'; readonly graceMs?: number }
  | { readonly type: 'spawned'; readonly pid: number }
  /** `what` names it where the ending says nothing; `chance` is a number from 0 to 1. */
  | {
      readonly type: 'spawn-failed'
      readonly ending: Ending
      readonly hopeless: boolean
      readonly what?: string
      readonly chance: number
    }
  /** A spawn was given up before it was made, since the service was to do something else by then. */
  | { readonly type: 'called-off' }
  /** `went-silent`: nobody listens on its port any more, although it lives. */
  | { readonly type: 'answered' | 'went-silent' | 'rung-elapsed' | 'backoff-elapsed' | 'group-empty' }
  /** The leader is gone; `left` when living processes of its group are not. */
  | {
      readonly type: 'exited'
      readonly ending: Ending
      readonly restartAsked: boolean
      readonly left: boolean
      readonly chance: number
    }
)

/** What the driver has to do. At most one wake-up is due at a time: a new one replaces it, a new state without one cancels it. */
export type ServiceCommand =
  | { readonly do: 'spawn'; readonly mode: Mode }
  | { readonly do: 'signal'; readonly pid: number; readonly signal: NodeJS.Signals }
  | { readonly do: 'wake'; readonly afterMs: number; readonly with: 'rung-elapsed' | 'backoff-elapsed' }
  | { readonly do: 'watch-group'; readonly pid: number }
  /** It ended and nobody had asked it to. */
  | { readonly do: 'tell-death'; readonly ending: Ending }
  /** It will not be started again by itself. */
  | { readonly do: 'over'; readonly ending: Ending; readonly gaveUp: boolean }

/** How a service is stopped and restarted. */
export type Policy = { readonly stop: readonly Rung[]; readonly restart: RestartPolicy }

/** A state and what to do on entering it. */
export type Turn = readonly [ServiceNow, readonly ServiceCommand[]]

/** A service that was never started. */
export const neverStarted: ServiceNow = {
  life: { state: 'stopped' },
  past: {
    starts: 0,
    mode: 'normal',
    deaths: [],
    inARow: 0,
    requests: [],
    lastEnding: undefined,
    why: undefined,
  },
}
