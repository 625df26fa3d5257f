import { EVENTS } from './machine-situations.ts'

/** Next state, then the commands. */
export type Answers = Readonly<Record<keyof typeof EVENTS, string>>

/** Nothing changes and nothing is done. */
export const UNMOVED = '='

/** Answers nothing but what is given. */
export function answers(...given: readonly Partial<Answers>[]): Answers {
  const nothing = Object.fromEntries(Object.keys(EVENTS).map((event) => [event, UNMOVED])) as Answers
  return Object.assign(nothing, ...given)
}

/** Nobody is left of it: its process ended, or never began. */
export function whenGone(next: string): Partial<Answers> {
  return {
    'spawn-failed': next,
    'spawn-failed, hopeless': next,
    exited: next,
    'exited with 0': next,
    'exited with 2': next,
    'exited, asking for its restart': next,
    'group-empty': next,
  }
}

/** What a person asks of a service that has no process. */
export const ASLEEP: Partial<Answers> = {
  'start-asked': 'starting, deaths forgotten: spawn normal',
  'restart-asked': 'starting, deaths forgotten: spawn normal',
}

/** What a service answers whose process runs, after one death. */
export const UP: Partial<Answers> = {
  'stop-asked': 'stopping then rest: SIGINT 7, rung-elapsed in 5000',
  'stop-asked within 800 ms': 'stopping then rest: SIGINT 7, rung-elapsed in 500',
  'restart-asked': 'stopping then start normal, deaths forgotten: SIGINT 7, rung-elapsed in 5000',
  'restart-asked by the program': 'stopping then start normal: SIGINT 7, rung-elapsed in 5000',
  exited: 'backoff: tell death 1, backoff-elapsed in 2000',
  'exited, members left': 'stopping then wait: tell death 1, SIGINT 7, rung-elapsed in 5000, watch 7',
  'exited with 0': 'stopped: tell death 0, over 0',
  'exited with 2': 'gave-up: tell death 2, over 2 given up',
  'exited, asking for its restart': 'starting: spawn normal',
}

/** That process before it answers, and after. */
export const STARTING: Partial<Answers> = {
  ...UP,
  spawned: 'starting',
  'spawn-failed': 'backoff: backoff-elapsed in 2000',
  'spawn-failed, hopeless': 'gave-up: over 127 given up',
  answered: 'running',
}
export const RUNNING: Partial<Answers> = { ...UP, spawned: 'running: SIGKILL 8', 'went-silent': 'starting' }

/** What differs for either in safe mode, in which one death is the last. */
export const SAFE: Partial<Answers> = {
  'restart-asked': 'stopping then start normal: SIGINT 7, rung-elapsed in 5000',
  'restart-asked by the program': 'stopping then start safe: SIGINT 7, rung-elapsed in 5000',
  exited: 'gave-up: tell death 1, over 1 given up',
  'exited, members left': 'stopping then give-up: tell death 1, SIGINT 7, rung-elapsed in 5000, watch 7',
  'exited, asking for its restart': 'starting: spawn safe',
}

/** What a service answers that is on its way to rest. */
export const STOPPING: Partial<Answers> = {
  ...whenGone('stopped'),
  'start-asked': 'stopping then start normal, deaths forgotten',
  'stop-asked': 'stopping then rest: rung-elapsed in 5000',
  'stop-asked within 800 ms': 'stopping then rest: rung-elapsed in 500',
  'restart-asked': 'stopping then start normal, deaths forgotten',
  spawned: 'stopping then rest: SIGINT 8',
  'exited, members left': 'stopping then rest: watch 7',
  'rung-elapsed': 'stopping then rest: SIGTERM 7, rung-elapsed in 2000',
}

/** What one answers that did not end by the last signal. */
export const STUCK: Partial<Answers> = {
  ...whenGone('stopped'),
  'start-asked': 'stuck then start normal, deaths forgotten',
  'stop-asked': 'stuck then rest',
  'stop-asked within 800 ms': 'stuck then rest',
  'restart-asked': 'stuck then start normal, deaths forgotten',
  spawned: 'stuck then rest: SIGKILL 8',
  'exited, members left': 'stuck then rest: watch 7',
}
