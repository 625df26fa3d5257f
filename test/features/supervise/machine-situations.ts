import type { ServiceState } from '../../../src/base/event.ts'
import {
  type After,
  type Life,
  neverStarted,
  type Past,
  type Policy,
  type ServiceEvent,
  type ServiceNow,
} from '../../../src/features/supervise/life.ts'

/** A policy whose third death within a minute leads to safe mode. */
export const POLICY: Policy = {
  stop: [
    { signal: 'SIGINT', graceMs: 5000 },
    { signal: 'SIGTERM', graceMs: 2000 },
    { signal: 'SIGKILL', graceMs: 1000 },
  ],
  restart: {
    when: 'on-failure',
    limit: 3,
    windowMs: 60_000,
    firstDelayMs: 1000,
    mostDelayMs: 60_000,
    hopeless: [2],
    hasSafeMode: true,
  },
}

const REST: After = { do: 'rest' }
const DIED_ONCE: Past = { ...neverStarted.past, starts: 2, deaths: [500], inARow: 1 }
const DIED_TWICE: Past = { ...neverStarted.past, starts: 3, deaths: [500, 600], inARow: 2 }
const SAFE: Past = { ...neverStarted.past, starts: 4, mode: 'safe' }

const LIVES: Readonly<Record<ServiceState, Life>> = {
  stopped: { state: 'stopped' },
  starting: { state: 'starting', pid: 7 },
  running: { state: 'running', pid: 7 },
  stopping: { state: 'stopping', pid: 7, after: REST, descent: { rungs: POLICY.stop, endsMs: 6000 } },
  killing: { state: 'killing', pid: 7, after: REST, descent: { rungs: POLICY.stop.slice(2), endsMs: 2000 } },
  backoff: { state: 'backoff' },
  'gave-up': { state: 'gave-up' },
  stuck: { state: 'stuck', pid: 7, after: REST },
}

const withPast = (past: Past) =>
  Object.fromEntries(Object.entries(LIVES).map(([state, life]) => [state, { life, past }])) as Readonly<
    Record<ServiceState, ServiceNow>
  >

/** Every state, as it is after one death; then what differs by more than the state. */
export const SITUATIONS = {
  ...withPast(DIED_ONCE),
  'starting, spawn under way': { life: { state: 'starting', pid: undefined }, past: DIED_ONCE },
  'stopping, spawn under way': {
    life: { ...LIVES.stopping, pid: undefined },
    past: DIED_ONCE,
  } as ServiceNow,
  'stuck, spawn under way': { life: { ...LIVES.stuck, pid: undefined }, past: DIED_ONCE } as ServiceNow,
  'stopping, to be tried again': {
    life: { ...LIVES.stopping, after: { do: 'wait', delayMs: 2000 } },
    past: DIED_ONCE,
  } as ServiceNow,
  'running after two deaths': { life: LIVES.running, past: DIED_TWICE },
  'running in safe mode': { life: LIVES.running, past: SAFE },
  'starting in safe mode': { life: LIVES.starting, past: SAFE },
} as const satisfies Record<string, ServiceNow>

const DIED = { type: 'exited', ending: { code: 1, signal: null }, restartAsked: false, chance: 0.5 } as const

/** Every event, some of them in more than one form. */
export const EVENTS = {
  'start-asked': { type: 'start-asked' },
  'stop-asked': { type: 'stop-asked' },
  'stop-asked within 800 ms': { type: 'stop-asked', graceMs: 800 },
  'restart-asked': { type: 'restart-asked' },
  'restart-asked by the program': { type: 'restart-asked', why: 'it is stalled' },
  spawned: { type: 'spawned', pid: 8 },
  'spawn-failed': {
    type: 'spawn-failed',
    ending: { code: 126, signal: null },
    hopeless: false,
    chance: 0.5,
  },
  'spawn-failed, hopeless': {
    type: 'spawn-failed',
    ending: { code: 127, signal: null },
    hopeless: true,
    chance: 0.5,
  },
  'called-off': { type: 'called-off' },
  answered: { type: 'answered' },
  'went-silent': { type: 'went-silent' },
  exited: { ...DIED, left: false },
  'exited, members left': { ...DIED, left: true },
  'exited with 0': { ...DIED, ending: { code: 0, signal: null }, left: false },
  'exited with 2': { ...DIED, ending: { code: 2, signal: null }, left: false },
  'exited, asking for its restart': { ...DIED, restartAsked: true, left: false },
  'rung-elapsed': { type: 'rung-elapsed' },
  'backoff-elapsed': { type: 'backoff-elapsed' },
  'group-empty': { type: 'group-empty' },
} as const

type Covered = (typeof EVENTS)[keyof typeof EVENTS]['type']

/** Does not compile while an event is missing above. */
export const NO_EVENT_IS_MISSING: Exclude<ServiceEvent['type'], Covered> extends never ? true : false = true
