import type { ServiceState } from '../../base/event.ts'
import { judge } from './judge.ts'
import { climb, shorten } from './ladder.ts'
import type { After, Descent, Past, Policy, ServiceCommand, ServiceEvent, ServiceNow, Turn } from './life.ts'

/** The whole of supervision: one service, one event, its next state and the commands. Pure; every pair has an answer. */
export function next(now: ServiceNow, event: ServiceEvent, policy: Policy): Turn {
  switch (event.type) {
    case 'start-asked':
      return startAsked(now)
    case 'stop-asked':
      return stopAsked(now, event, policy)
    case 'restart-asked':
      return restartAsked(now, event, policy)
    case 'spawned':
      return spawned(now, event.pid)
    case 'spawn-failed':
      return spawnFailed(now, event, policy)
    case 'answered':
      return answered(now)
    case 'exited':
      return exited(now, event, policy)
    case 'rung-elapsed':
      return rungElapsed(now, event.atMs)
    case 'backoff-elapsed':
      return now.life.state === 'backoff' ? launch(now.past) : [now, []]
    case 'group-empty':
      return groupEmpty(now)
  }
}

type EventOf<T> = Extract<ServiceEvent, { readonly type: T }>
type Timed = { readonly atMs: number }

function startAsked(now: ServiceNow): Turn {
  const { life, past } = now
  switch (life.state) {
    case 'stopped':
    case 'gave-up':
    case 'backoff':
      return launch({ ...past, deaths: [], requests: [], why: undefined })
    case 'starting':
    case 'running':
      return [now, []]
    case 'stopping':
    case 'killing':
    case 'stuck':
      return [{ life: { ...life, after: { do: 'start' } }, past }, []]
  }
}

function stopAsked(now: ServiceNow, event: EventOf<'stop-asked'>, policy: Policy): Turn {
  const { life, past } = now
  const rest: After = { do: 'rest' }
  switch (life.state) {
    case 'stopped':
    case 'gave-up':
      return [now, []]
    case 'backoff':
      return [{ life: { state: 'stopped' }, past: { ...past, why: 'asked to stop' } }, []]
    case 'starting':
    case 'running':
      return descend(now, life.pid, { after: rest, why: 'asked to stop', event, policy })
    case 'stopping':
    case 'killing': {
      const descent = shorten(life.descent, event.atMs, event.graceMs)
      return [
        { life: { ...life, after: rest, descent }, past: { ...past, why: 'asked to stop' } },
        [{ do: 'wake', afterMs: descent.endsMs - event.atMs, with: 'rung-elapsed' }],
      ]
    }
    case 'stuck':
      return [{ life: { ...life, after: rest }, past }, []]
  }
}

function restartAsked(now: ServiceNow, event: Timed, policy: Policy): Turn {
  const { life } = now
  switch (life.state) {
    case 'starting':
    case 'running':
      return descend(now, life.pid, { after: { do: 'start' }, why: 'asked to restart', event, policy })
    case 'stopped':
    case 'gave-up':
    case 'backoff':
    case 'stopping':
    case 'killing':
    case 'stuck':
      return startAsked(now)
  }
}

function spawned(now: ServiceNow, pid: number): Turn {
  const { life, past } = now
  switch (life.state) {
    case 'starting':
      return [{ life: { state: 'starting', pid }, past }, []]
    case 'stopping':
    case 'killing':
      return [{ life: { ...life, pid }, past }, signalNow(pid, life.descent)]
    case 'stuck':
      return [{ life: { ...life, pid }, past }, [{ do: 'signal', pid, signal: 'SIGKILL' }]]
    case 'stopped':
    case 'running':
    case 'backoff':
    case 'gave-up':
      // Nobody waits for this process: never two copies.
      return [now, [{ do: 'signal', pid, signal: 'SIGKILL' }]]
  }
}

function spawnFailed(now: ServiceNow, event: EventOf<'spawn-failed'>, policy: Policy): Turn {
  const { life } = now
  switch (life.state) {
    case 'starting': {
      const verdict = judge(now.past, { ...event, restartAsked: false }, policy.restart)
      return follow(verdict.after, verdict.past)
    }
    case 'stopping':
    case 'killing':
    case 'stuck':
      return follow(life.after, { ...now.past, lastEnding: event.ending })
    case 'stopped':
    case 'running':
    case 'backoff':
    case 'gave-up':
      return [now, []]
  }
}

function answered(now: ServiceNow): Turn {
  const { life, past } = now
  if (life.state !== 'starting' || life.pid === undefined) return [now, []]
  return [{ life: { state: 'running', pid: life.pid }, past: { ...past, requests: [], why: undefined } }, []]
}

function exited(now: ServiceNow, event: EventOf<'exited'>, policy: Policy): Turn {
  const { life } = now
  const watch: readonly ServiceCommand[] =
    'pid' in life && life.pid !== undefined ? [{ do: 'watch-group', pid: life.pid }] : []
  switch (life.state) {
    case 'starting':
    case 'running': {
      const { after, past } = judge(now.past, { ...event, hopeless: false }, policy.restart)
      if (!event.left) return follow(after, past)
      const why = `${past.why}; processes it left behind are ended first`
      const [stopping, commands] = descend({ life, past }, life.pid, { after, why, event, policy })
      return [stopping, [...commands, ...watch]]
    }
    case 'stopping':
    case 'killing':
    case 'stuck': {
      const past = { ...now.past, lastEnding: event.ending }
      return event.left ? [{ life, past }, watch] : follow(life.after, past)
    }
    case 'stopped':
    case 'backoff':
    case 'gave-up':
      return [now, []]
  }
}

function rungElapsed(now: ServiceNow, atMs: number): Turn {
  const { life, past } = now
  if (life.state !== 'stopping' && life.state !== 'killing') return [now, []]
  const descent = climb(life.descent, atMs)
  if (descent === undefined) {
    const why = 'it survived SIGKILL'
    return [{ life: { state: 'stuck', pid: life.pid, after: life.after }, past: { ...past, why } }, []]
  }
  return [
    { life: { ...life, state: stateOn(descent), descent }, past },
    [...signalNow(life.pid, descent), wakeAfter(descent, atMs)],
  ]
}

function groupEmpty(now: ServiceNow): Turn {
  const { life, past } = now
  if (life.state !== 'stopping' && life.state !== 'killing' && life.state !== 'stuck') return [now, []]
  return follow(life.after, past)
}

function launch(past: Past): Turn {
  return [
    { life: { state: 'starting', pid: undefined }, past: { ...past, starts: past.starts + 1 } },
    [{ do: 'spawn' }],
  ]
}

// Only called when nothing of the service runs: this is where «never two copies» is decided.
function follow(after: After, past: Past): Turn {
  switch (after.do) {
    case 'rest':
      return [{ life: { state: 'stopped' }, past }, []]
    case 'start':
      return launch(past)
    case 'wait':
      return [
        { life: { state: 'backoff' }, past },
        [{ do: 'wake', afterMs: after.delayMs, with: 'backoff-elapsed' }],
      ]
    case 'end':
      return [{ life: { state: 'stopped' }, past }, [{ do: 'over', ending: after.ending, gaveUp: false }]]
    case 'give-up':
      return [{ life: { state: 'gave-up' }, past }, [{ do: 'over', ending: after.ending, gaveUp: true }]]
  }
}

type Leave = {
  readonly after: After
  readonly why: string
  readonly event: { readonly atMs: number; readonly graceMs?: number }
  readonly policy: Policy
}

function descend(now: ServiceNow, pid: number | undefined, { after, why, event, policy }: Leave): Turn {
  const { atMs, graceMs } = event
  const [first] = policy.stop
  const full = { rungs: policy.stop, endsMs: atMs + (first?.graceMs ?? 0) }
  const descent = shorten(full, atMs, graceMs)
  return [
    { life: { state: stateOn(descent), pid, descent, after }, past: { ...now.past, why } },
    [...signalNow(pid, descent), wakeAfter(descent, atMs)],
  ]
}

function stateOn(descent: Descent): Extract<ServiceState, 'stopping' | 'killing'> {
  return descent.rungs[0]?.signal === 'SIGKILL' ? 'killing' : 'stopping'
}

function signalNow(pid: number | undefined, descent: Descent): readonly ServiceCommand[] {
  const signal = descent.rungs[0]?.signal
  return pid === undefined || signal === undefined ? [] : [{ do: 'signal', pid, signal }]
}

function wakeAfter(descent: Descent, atMs: number): ServiceCommand {
  return { do: 'wake', afterMs: Math.max(0, descent.endsMs - atMs), with: 'rung-elapsed' }
}
