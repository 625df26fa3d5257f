import type { Line } from '../app/last-lines.ts'
import { type LogLine, logLines } from '../app/log-lines.ts'
import { problemLines } from '../app/problem-lines.ts'
import type { Status } from '../app/status.ts'
import type { Death } from '../base/death.ts'
import type { Event } from '../base/event.ts'
import type { SentEvent } from './read-events.ts'

/** One line for a person: about what, and the words. */
export type Told = Pick<LogLine, 'topic' | 'text'>

/** Turns what a running comfy-init sends into lines for a person: of two statuses only what differs. */
export function eventWords(): (sent: SentEvent) => readonly Told[] {
  let before: Status | undefined
  return ({ event, data }) => {
    switch (event) {
      case 'status': {
        const now: Status = JSON.parse(data)
        const told = before === undefined ? [summary(now)] : changes(before, now)
        before = now
        return told
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

function summary({ instance, phase, services }: Status): Told {
  const states = services.map(({ name, state }) => `, ${name} is ${state}`).join('')
  return { topic: 'boot', text: `${instance} is ${phase}${states}.` }
}

function changes(before: Status, now: Status): readonly Told[] {
  return [
    ...(before.phase === now.phase ? [] : words({ type: 'phase', phase: now.phase })),
    ...now.steps.filter((step) => stateOf(before.steps, step.id) !== step.state).flatMap(stepWords),
    ...now.services
      .filter(
        (service) =>
          !isSame(
            service,
            before.services.find(({ name }) => name === service.name),
          ),
      )
      .flatMap(({ name, ...line }) => words({ type: 'service-state', service: name, ...line })),
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
