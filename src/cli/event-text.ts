import type { Line } from '../app/last-lines.ts'
import { type LogLine, logLines } from '../app/log-lines.ts'
import type { StateChange } from '../app/news.ts'
import { problemLines } from '../app/problem-lines.ts'
import type { Status } from '../app/status.ts'
import type { Death } from '../base/death.ts'
import type { Event } from '../base/event.ts'
import type { SentEvent } from './read-events.ts'

/** One line for a person: about what, and the words. */
export type Told = Pick<LogLine, 'topic' | 'text'>

/** Turns what a running comfy-init sends into lines for a person: of two statuses only what differs, and of services what was not told as a state. */
export function eventWords(): (sent: SentEvent) => readonly Told[] {
  let before: Status | undefined
  const told = new Map<string, string>()
  const isNew = (service: string, state: Shown) => {
    const text = textOf(state)
    const wasTold = told.get(service) === text
    told.set(service, text)
    return !wasTold
  }
  return ({ event, data }) => {
    switch (event) {
      case 'status': {
        const now: Status = JSON.parse(data)
        const fresh = now.services.filter((each) => isNew(each.name, each))
        const said = before === undefined ? [summary(now)] : changes(before, now, fresh)
        before = now
        return said
      }
      case 'service': {
        const state: Omit<StateChange, 'type'> = JSON.parse(data)
        return isNew(state.service, state) ? words({ type: 'service-state', ...state }) : []
      }
      case 'line': {
        const { service, text }: Line = JSON.parse(data)
        return [{ topic: service, text: `| ${text}` }]
      }
      case 'death': {
        const death: Death = JSON.parse(data)
        return words({ type: 'death', death })
      }
      case 'skipped': {
        const { lines }: { readonly lines: number } = JSON.parse(data)
        return [{ topic: 'events', text: `${lines} lines are left out: they came too fast.` }]
      }
      default:
        return []
    }
  }
}

type Shown = Pick<StateChange, 'state' | 'pid' | 'why'>

// What its words are made from.
function textOf({ state, pid, why }: Shown): string {
  return JSON.stringify([state, pid, why])
}

function summary({ instance, phase, services }: Status): Told {
  const states = services.map(({ name, state }) => `, ${name} is ${state}`).join('')
  return { topic: 'boot', text: `${instance} is ${phase}${states}.` }
}

function changes(before: Status, now: Status, fresh: Status['services']): readonly Told[] {
  return [
    ...(before.phase === now.phase ? [] : words({ type: 'phase', phase: now.phase })),
    ...now.steps.filter((step) => stateOf(before.steps, step.id) !== step.state).flatMap(stepWords),
    ...fresh.flatMap(({ name, ...line }) => words({ type: 'service-state', service: name, ...line })),
    ...now.conditions
      .filter((each) => !before.conditions.some((one) => isSame(one, each)))
      .flatMap((each) => words({ type: 'condition', ...each })),
    ...before.conditions
      .filter(({ condition }) => !now.conditions.some((each) => each.condition === condition))
      .map(({ condition }) => ({ topic: condition, text: 'This is over.' })),
    ...now.problems
      .filter((each) => !before.problems.some((one) => isSame(one, each)))
      .flatMap((each) => problemLines(each).map(({ label, text }) => ({ topic: label, text }))),
  ]
}

function words(event: Event, titles: ReadonlyMap<string, string> = new Map()): readonly Told[] {
  return logLines(event, { titles, runtime: 'docker' })
}

function stepWords({ id, title, state, ms = 0 }: Status['steps'][number]): readonly Told[] {
  switch (state) {
    case 'waiting':
      return []
    case 'working':
      return words({ type: 'step-started', id, title })
    case 'done':
    case 'not-needed':
    case 'failed':
    case 'not-reached':
      return words({ type: 'step-done', id, result: state, ms }, new Map([[id, title]]))
  }
}

function stateOf(steps: Status['steps'], id: string) {
  return steps.find((step) => step.id === id)?.state ?? 'waiting'
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
