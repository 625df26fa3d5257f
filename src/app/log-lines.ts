import type { Death } from '../base/death.ts'
import type { Event, LogLevel, ServiceState } from '../base/event.ts'
import type { Runtime } from '../base/problem.ts'
import { durationText, printable } from '../base/text.ts'
import { problemLines } from './problem-lines.ts'
import { progressText } from './progress-text.ts'

/** One line of the log: how grave, about what, and the words. */
export type LogLine = { readonly level: LogLevel; readonly topic: string; readonly text: string }

/** What the words of an event may depend on: titles of steps by id, and the runtime that remedies are worded for. */
export type LogContext = { readonly titles: ReadonlyMap<string, string>; readonly runtime: Runtime }

/** An event in words that steer no terminal; none for what only the status shows. */
export function logLines(event: Event, { titles, runtime }: LogContext): readonly LogLine[] {
  switch (event.type) {
    case 'phase':
      return [
        { level: event.phase === 'failed' ? 'error' : 'info', topic: 'boot', text: PHASES[event.phase] },
      ]
    case 'runtime':
      return [{ level: 'debug', topic: 'machine', text: `The container runs under ${event.runtime}.` }]
    case 'round':
      return [{ level: 'debug', topic: 'plan', text: planText(event.steps.map((step) => step.id)) }]
    case 'step-started':
      return [{ level: 'info', topic: topicOf(event.id), text: printable(event.title) }]
    case 'progress':
      return [
        {
          level: 'info',
          topic: topicOf(event.id),
          text: `${printable(titles.get(event.id))}: ${progressText(event)}`,
        },
      ]
    case 'step-done':
      return [stepLine(event, printable(titles.get(event.id) ?? event.id))]
    case 'problem':
      return problemLines(event.problem.in(runtime)).map(({ label, text }) => ({
        level: event.problem.level === 'warning' ? 'warn' : 'error',
        topic: label,
        text,
      }))
    case 'service-state':
      return [{ level: LEVEL_OF_STATE[event.state], topic: event.service, text: printable(stateText(event)) }]
    case 'service-line':
    case 'service-death':
      return []
    case 'death':
      return [{ level: 'error', topic: event.death.service, text: printable(deathText(event.death)) }]
    case 'condition':
      return event.text === undefined
        ? []
        : [{ level: 'warn', topic: event.condition, text: printable(event.text) }]
    case 'note':
      return [{ level: event.level, topic: 'note', text: printable(event.text) }]
  }
}

const PHASES: Readonly<Record<(Event & { type: 'phase' })['phase'], string>> = {
  preparing: 'Everything is put in its place.',
  starting: 'ComfyUI is starting.',
  ready: 'ComfyUI is ready.',
  degraded: 'ComfyUI is ready, but something is missing: see the warnings above.',
  stopping: 'ComfyUI is being stopped.',
  stopped: 'ComfyUI has stopped.',
  failed: 'ComfyUI does not run: see the problems.',
}

const LEVEL_OF_STATE: Readonly<Record<ServiceState, LogLevel>> = {
  stopped: 'info',
  starting: 'info',
  running: 'info',
  stopping: 'info',
  killing: 'warn',
  backoff: 'warn',
  'gave-up': 'error',
  stuck: 'error',
}

// `workspace/adopt-image` is about the workspace.
function topicOf(id: string): string {
  return id.split('/')[0] ?? id
}

function planText(ids: readonly string[]): string {
  return ids.length === 0 ? 'Nothing to do.' : ids.join(', ')
}

function stepLine({ id, result, ms }: Event & { type: 'step-done' }, title: string): LogLine {
  const took = durationText(ms)
  switch (result) {
    case 'done':
      return { level: 'info', topic: topicOf(id), text: `${title}: done in ${took}` }
    case 'not-needed':
      return { level: 'debug', topic: topicOf(id), text: `${title}: already so` }
    case 'failed':
      return { level: 'warn', topic: topicOf(id), text: `${title}: not done, after ${took}` }
    case 'not-reached':
      return { level: 'debug', topic: topicOf(id), text: `${title}: not reached` }
  }
}

function stateText({ state, pid, why }: Event & { type: 'service-state' }): string {
  return `${state}${pid === undefined ? '' : `, pid ${pid}`}${why === undefined ? '' : `: ${why}`}`
}

function deathText({ summary, remedy }: Death): string {
  return remedy === undefined ? summary : `${summary} ${remedy}`
}
