import { descend, rungElapsed, signalNow, wakeAfter } from './descend.ts'
import { judge } from './judge.ts'
import { shorten } from './ladder.ts'
import type { After, Mode, Past, Policy, ServiceCommand, ServiceEvent, ServiceNow, Turn } from './life.ts'

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
    case 'called-off':
      return calledOff(now)
    case 'answered':
      return answered(now)
    case 'went-silent':
      return wentSilent(now)
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

function startAsked(now: ServiceNow): Turn {
  const { life, past } = now
  switch (life.state) {
    case 'stopped':
    case 'gave-up':
    case 'backoff':
      return launch({ ...forgotten(past), why: undefined }, 'normal')
    case 'starting':
    case 'running':
      return [now, []]
    case 'stopping':
    case 'killing':
    case 'stuck':
      return [{ life: { ...life, after: { do: 'start', mode: 'normal' } }, past: forgotten(past) }, []]
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
        [wakeAfter(descent, event.atMs)],
      ]
    }
    case 'stuck':
      return [{ life: { ...life, after: rest }, past }, []]
  }
}

function restartAsked(now: ServiceNow, event: EventOf<'restart-asked'>, policy: Policy): Turn {
  const { life, past } = now
  const isOurs = event.why !== undefined
  switch (life.state) {
    case 'starting':
    case 'running': {
      const after: After = { do: 'start', mode: isOurs ? past.mode : 'normal' }
      const leave = { after, why: event.why ?? 'asked to restart', event, policy }
      return descend(isOurs ? now : { life, past: forgotten(past) }, life.pid, leave)
    }
    case 'stopped':
    case 'gave-up':
    case 'backoff':
    case 'stopping':
    case 'killing':
    case 'stuck':
      return isOurs ? [now, []] : startAsked(now)
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

function calledOff(now: ServiceNow): Turn {
  const { life, past } = now
  switch (life.state) {
    case 'starting':
      // It is wanted again by now, and nobody else would start it.
      return life.pid === undefined ? launch(past) : [now, []]
    case 'stopping':
    case 'killing':
    case 'stuck':
      return life.pid === undefined ? follow(life.after, past) : [now, []]
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
  const why = past.mode === 'safe' ? past.why : undefined
  return [{ life: { state: 'running', pid: life.pid }, past: { ...past, requests: [], inARow: 0, why } }, []]
}

function wentSilent(now: ServiceNow): Turn {
  const { life, past } = now
  if (life.state !== 'running') return [now, []]
  const why = 'it listens no more, as when it restarts itself in place'
  return [{ life: { state: 'starting', pid: life.pid }, past: { ...past, starts: past.starts + 1, why } }, []]
}

function exited(now: ServiceNow, event: EventOf<'exited'>, policy: Policy): Turn {
  const { life } = now
  const watch: readonly ServiceCommand[] =
    'pid' in life && life.pid !== undefined ? [{ do: 'watch-group', pid: life.pid }] : []
  switch (life.state) {
    case 'starting':
    case 'running': {
      const { after, past, isDeath } = judge(now.past, { ...event, hopeless: false }, policy.restart)
      const told: readonly ServiceCommand[] = isDeath ? [{ do: 'tell-death', ending: event.ending }] : []
      const [turned, commands] = event.left
        ? descend({ life, past }, life.pid, { after, why: `${past.why}${LEFT}`, event, policy })
        : follow(after, past)
      return [turned, [...told, ...commands, ...(event.left ? watch : [])]]
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

const LEFT = '; processes it left behind are ended first'

function groupEmpty(now: ServiceNow): Turn {
  const { life, past } = now
  if (life.state !== 'stopping' && life.state !== 'killing' && life.state !== 'stuck') return [now, []]
  return follow(life.after, past)
}

// What a person asks for is a new beginning.
function forgotten(past: Past): Past {
  return { ...past, deaths: [], inARow: 0, requests: [] }
}

function launch(past: Past, mode: Mode = past.mode): Turn {
  return [
    { life: { state: 'starting', pid: undefined }, past: { ...past, starts: past.starts + 1, mode } },
    [{ do: 'spawn', mode }],
  ]
}

// Only called when nothing of the service runs: this is where «never two copies» is decided.
function follow(after: After, past: Past): Turn {
  switch (after.do) {
    case 'rest':
      return [{ life: { state: 'stopped' }, past }, []]
    case 'start':
      return launch(past, after.mode)
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
