import { describe, expect, test } from 'vitest'
import type { ServiceState } from '../../../src/base/event.ts'
import type {
  After,
  Life,
  Policy,
  ServiceCommand,
  ServiceEvent,
  ServiceNow,
} from '../../../src/features/supervise/life.ts'
import { neverStarted } from '../../../src/features/supervise/life.ts'
import { next } from '../../../src/features/supervise/machine.ts'

const POLICY: Policy = {
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
  },
}
const REST: After = { do: 'rest' }
const AT = 1000
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
const DIED = { type: 'exited', ending: { code: 1, signal: null }, restartAsked: false } as const
const EVENTS = {
  'start-asked': { type: 'start-asked' },
  'stop-asked': { type: 'stop-asked' },
  'restart-asked': { type: 'restart-asked' },
  spawned: { type: 'spawned', pid: 8 },
  'spawn-failed': { type: 'spawn-failed', ending: { code: 127, signal: null }, hopeless: true },
  answered: { type: 'answered' },
  exited: { ...DIED, left: false },
  'exited, members left': { ...DIED, left: true },
  'rung-elapsed': { type: 'rung-elapsed' },
  'backoff-elapsed': { type: 'backoff-elapsed' },
  'group-empty': { type: 'group-empty' },
} as const

/** Next state, then the commands; `=` where nothing changes. */
type Answers = Readonly<Record<keyof typeof EVENTS, string>>
const UNMOVED = '='
const TABLE: Readonly<Record<ServiceState, Answers>> = {
  stopped: {
    'start-asked': 'starting: spawn',
    'stop-asked': UNMOVED,
    'restart-asked': 'starting: spawn',
    spawned: 'stopped: SIGKILL 8',
    'spawn-failed': UNMOVED,
    answered: UNMOVED,
    exited: UNMOVED,
    'exited, members left': UNMOVED,
    'rung-elapsed': UNMOVED,
    'backoff-elapsed': UNMOVED,
    'group-empty': UNMOVED,
  },
  starting: {
    'start-asked': UNMOVED,
    'stop-asked': 'stopping then rest: SIGINT 7, rung-elapsed in 5000',
    'restart-asked': 'stopping then start: SIGINT 7, rung-elapsed in 5000',
    spawned: 'starting',
    'spawn-failed': 'gave-up: over 127 given up',
    answered: 'running',
    exited: 'backoff: backoff-elapsed in 1000',
    'exited, members left': 'stopping then wait: SIGINT 7, rung-elapsed in 5000, watch 7',
    'rung-elapsed': UNMOVED,
    'backoff-elapsed': UNMOVED,
    'group-empty': UNMOVED,
  },
  running: {
    'start-asked': UNMOVED,
    'stop-asked': 'stopping then rest: SIGINT 7, rung-elapsed in 5000',
    'restart-asked': 'stopping then start: SIGINT 7, rung-elapsed in 5000',
    spawned: 'running: SIGKILL 8',
    'spawn-failed': UNMOVED,
    answered: UNMOVED,
    exited: 'backoff: backoff-elapsed in 1000',
    'exited, members left': 'stopping then wait: SIGINT 7, rung-elapsed in 5000, watch 7',
    'rung-elapsed': UNMOVED,
    'backoff-elapsed': UNMOVED,
    'group-empty': UNMOVED,
  },
  stopping: {
    'start-asked': 'stopping then start',
    'stop-asked': 'stopping then rest: rung-elapsed in 5000',
    'restart-asked': 'stopping then start',
    spawned: 'stopping then rest: SIGINT 8',
    'spawn-failed': 'stopped',
    answered: UNMOVED,
    exited: 'stopped',
    'exited, members left': 'stopping then rest: watch 7',
    'rung-elapsed': 'stopping then rest: SIGTERM 7, rung-elapsed in 2000',
    'backoff-elapsed': UNMOVED,
    'group-empty': 'stopped',
  },
  killing: {
    'start-asked': 'killing then start',
    'stop-asked': 'killing then rest: rung-elapsed in 1000',
    'restart-asked': 'killing then start',
    spawned: 'killing then rest: SIGKILL 8',
    'spawn-failed': 'stopped',
    answered: UNMOVED,
    exited: 'stopped',
    'exited, members left': 'killing then rest: watch 7',
    'rung-elapsed': 'stuck then rest',
    'backoff-elapsed': UNMOVED,
    'group-empty': 'stopped',
  },
  backoff: {
    'start-asked': 'starting: spawn',
    'stop-asked': 'stopped',
    'restart-asked': 'starting: spawn',
    spawned: 'backoff: SIGKILL 8',
    'spawn-failed': UNMOVED,
    answered: UNMOVED,
    exited: UNMOVED,
    'exited, members left': UNMOVED,
    'rung-elapsed': UNMOVED,
    'backoff-elapsed': 'starting: spawn',
    'group-empty': UNMOVED,
  },
  'gave-up': {
    'start-asked': 'starting: spawn',
    'stop-asked': UNMOVED,
    'restart-asked': 'starting: spawn',
    spawned: 'gave-up: SIGKILL 8',
    'spawn-failed': UNMOVED,
    answered: UNMOVED,
    exited: UNMOVED,
    'exited, members left': UNMOVED,
    'rung-elapsed': UNMOVED,
    'backoff-elapsed': UNMOVED,
    'group-empty': UNMOVED,
  },
  stuck: {
    'start-asked': 'stuck then start',
    'stop-asked': 'stuck then rest',
    'restart-asked': 'stuck then start',
    spawned: 'stuck then rest: SIGKILL 8',
    'spawn-failed': 'stopped',
    answered: UNMOVED,
    exited: 'stopped',
    'exited, members left': 'stuck then rest: watch 7',
    'rung-elapsed': UNMOVED,
    'backoff-elapsed': UNMOVED,
    'group-empty': 'stopped',
  },
}

describe.each(Object.entries(TABLE))('a service that is %s', (state, answers) => {
  test.each(Object.entries(answers))('answers «%s» with %s', (name, answer) => {
    const now: ServiceNow = { ...neverStarted, life: LIVES[state as ServiceState] }
    const event: ServiceEvent = { ...EVENTS[name as keyof typeof EVENTS], atMs: AT }
    expect(inWords(now, next(now, event, POLICY))).toBe(answer)
  })
})

function inWords(before: ServiceNow, [after, commands]: ReturnType<typeof next>): string {
  if (after === before && commands.length === 0) return UNMOVED
  const then = 'after' in after.life ? ` then ${after.life.after.do}` : ''
  const words = commands.map(commandInWords)
  return `${after.life.state}${then}${words.length === 0 ? '' : `: ${words.join(', ')}`}`
}

function commandInWords(command: ServiceCommand): string {
  switch (command.do) {
    case 'spawn':
      return 'spawn'
    case 'signal':
      return `${command.signal} ${command.pid}`
    case 'wake':
      return `${command.with} in ${command.afterMs}`
    case 'watch-group':
      return `watch ${command.pid}`
    case 'over':
      return `over ${command.ending.code}${command.gaveUp ? ' given up' : ''}`
  }
}
