import type { Event } from '../base/event.ts'
import type { Runtime } from '../base/problem.ts'
import type { LogLine } from './log-lines.ts'

/** An event as one line of JSON: time, level and words, then the event's own fields. */
export function jsonEntry(
  event: Event,
  { level, topic, text }: LogLine,
  { runtime, now }: { readonly runtime: Runtime; readonly now: number },
): string {
  const time = new Date(now).toISOString()
  return `${JSON.stringify({ time, from: 'comfy-init', level, topic, text, ...fieldsOf(event, runtime) })}\n`
}

// The last lines of a service that died are in the log already.
function fieldsOf(event: Event, runtime: Runtime): object {
  if (event.type === 'problem') return { type: event.type, problem: event.problem.in(runtime) }
  return event.type === 'death' ? { type: event.type, death: { ...event.death, lines: undefined } } : event
}
