import { expect } from 'vitest'
import type { Listener } from './listener.ts'
import { readFixture } from './read-fixture.ts'
import type { Prompt, Session } from './session.ts'
import { differences, type Shape } from './shape.ts'

type Events = {
  readonly shapes: Readonly<Record<string, Shape>>
  readonly runs: Readonly<Record<string, { readonly prompt: Prompt; readonly order: string }>>
}
type Records = {
  readonly history: Readonly<Record<string, Shape>>
  readonly job: Readonly<Record<string, Shape>>
  readonly queue: Shape
  readonly pagination: Shape
}

const events = await readFixture<Events>('events')

/** What the history, the jobs and the queue look like. */
export const records = await readFixture<Records>('records')

let lastColor = 1

/** The prompt of a captured run, in a colour of its own unless one is given, so that nothing of it is cached. */
export function promptOf(run: string, color?: number): Prompt {
  lastColor += 1
  const prompt = structuredClone(events.runs[run]?.prompt ?? {})
  const first = prompt['1']
  if (first !== undefined) first.inputs.color = color ?? lastColor
  return prompt
}

/** Checks what a listener heard against a captured run: the order of the events and the keys of each. */
export function expectRun(listener: Listener, run: string): void {
  expect(listener.names()).toMatch(new RegExp(`^${events.runs[run]?.order}$`))
  for (const { name, data } of listener.messages) {
    if (!(data instanceof ArrayBuffer))
      expect(differences(events.shapes[name] ?? '=no such event', data)).toEqual([])
  }
}

/** Checks the history and the job of a prompt that is done. */
export async function expectRecords(on: Session, id: string, kind: string): Promise<void> {
  expect(differences(records.history[kind] ?? '', await on.get(`/history/${id}`))).toEqual([])
  expect(differences(records.job[kind] ?? '', await on.get(`/api/jobs/${id}`))).toEqual([])
}
