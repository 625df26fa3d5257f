import {
  type Answers,
  ASLEEP,
  answers,
  RUNNING,
  SAFE,
  STARTING,
  STOPPING,
  STUCK,
  UNMOVED,
  whenGone,
} from './machine-table-words.ts'

/** What each state, after one death, answers to each event; then the cases that differ by more than the state. */
export const TABLE: Readonly<Record<string, Answers>> = {
  stopped: answers(ASLEEP, { spawned: 'stopped: SIGKILL 8' }),
  starting: answers(STARTING),
  running: answers(RUNNING),
  stopping: answers(STOPPING),
  killing: answers(whenGone('stopped'), {
    'start-asked': 'killing then start normal, deaths forgotten',
    'stop-asked': 'killing then rest: rung-elapsed in 1000',
    'stop-asked within 800 ms': 'killing then rest: rung-elapsed in 800',
    'restart-asked': 'killing then start normal, deaths forgotten',
    spawned: 'killing then rest: SIGKILL 8',
    'exited, members left': 'killing then rest: watch 7',
    'rung-elapsed': 'stuck then rest',
  }),
  backoff: answers(ASLEEP, {
    'stop-asked': 'stopped',
    'stop-asked within 800 ms': 'stopped',
    spawned: 'backoff: SIGKILL 8',
    'backoff-elapsed': 'starting: spawn normal',
  }),
  'gave-up': answers(ASLEEP, { spawned: 'gave-up: SIGKILL 8' }),
  stuck: answers(STUCK),
  'starting, spawn under way': answers(STARTING, {
    'stop-asked': 'stopping then rest: rung-elapsed in 5000',
    'stop-asked within 800 ms': 'stopping then rest: rung-elapsed in 500',
    'restart-asked': 'stopping then start normal, deaths forgotten: rung-elapsed in 5000',
    'restart-asked by the program': 'stopping then start normal: rung-elapsed in 5000',
    'called-off': 'starting: spawn normal',
    answered: UNMOVED,
    'exited, members left': 'stopping then wait: tell death 1, rung-elapsed in 5000',
  }),
  'stopping, spawn under way': answers(STOPPING, {
    'called-off': 'stopped',
    'exited, members left': 'stopping then rest',
    'rung-elapsed': 'stopping then rest: rung-elapsed in 2000',
  }),
  'stuck, spawn under way': answers(STUCK, {
    'called-off': 'stopped',
    'exited, members left': 'stuck then rest',
  }),
  'stopping, to be tried again': answers(STOPPING, whenGone('backoff: backoff-elapsed in 2000'), {
    spawned: 'stopping then wait: SIGINT 8',
    'exited, members left': 'stopping then wait: watch 7',
    'rung-elapsed': 'stopping then wait: SIGTERM 7, rung-elapsed in 2000',
  }),
  'running after two deaths': answers(RUNNING, {
    exited: 'starting, deaths forgotten: tell death 1, spawn safe',
    'exited, members left':
      'stopping then start safe, deaths forgotten: tell death 1, SIGINT 7, rung-elapsed in 5000, watch 7',
  }),
  'running in safe mode': answers(RUNNING, SAFE),
  'starting in safe mode': answers(STARTING, SAFE, { 'spawn-failed': 'gave-up: over 126 given up' }),
}
