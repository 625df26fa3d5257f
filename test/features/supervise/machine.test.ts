import { describe, expect, test } from 'vitest'
import {
  neverStarted,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceNow,
} from '../../../src/features/supervise/life.ts'
import { next } from '../../../src/features/supervise/machine.ts'
import { EVENTS, POLICY, SITUATIONS } from './machine-situations.ts'
import { TABLE } from './machine-table.ts'
import { UNMOVED } from './machine-table-words.ts'

const AT_MS = 1000

test('every pair of a situation and an event has a stated answer', () => {
  const events = Object.keys(EVENTS).toSorted()
  expect(Object.keys(TABLE).toSorted()).toEqual(Object.keys(SITUATIONS).toSorted())
  for (const [situation, answers] of Object.entries(TABLE))
    expect(Object.keys(answers).toSorted(), situation).toEqual(events)
})

/** A service that dies six seconds after each start: the delays before its next tries, and its last state. */
function dyingAgainAndAgain({ answers }: { readonly answers: boolean }) {
  const policy = { ...POLICY, restart: { ...POLICY.restart, limit: 5, hasSafeMode: false } }
  const delays: number[] = []
  let now: ServiceNow = neverStarted
  let atMs = 0
  const feed = (...events: readonly (typeof EVENTS)[keyof typeof EVENTS][]) => {
    for (const event of events) {
      const [after, commands] = next(now, { ...event, atMs }, policy)
      now = after
      for (const command of commands) if (command.do === 'wake') delays.push(command.afterMs)
    }
  }
  feed(EVENTS['start-asked'])
  for (let death = 0; death < 5; death++) {
    feed(EVENTS.spawned, ...(answers ? [EVENTS.answered] : []))
    atMs += 6000
    feed(EVENTS.exited)
    atMs += delays.at(-1) ?? 0
    feed(EVENTS['backoff-elapsed'])
  }
  return [now.life.state, delays]
}

test('one that answers before each death waits no longer each time, and reaches the limit all the same', () => {
  expect(dyingAgainAndAgain({ answers: true })).toEqual(['gave-up', [1000, 1000, 1000, 1000]])
})

test('one that never answers waits longer with each death', () => {
  expect(dyingAgainAndAgain({ answers: false })).toEqual(['gave-up', [1000, 2000, 4000, 8000]])
})

describe.each(Object.entries(TABLE))('a service that is %s', (situation, answers) => {
  test.each(Object.entries(answers))('answers «%s» with %s', (name, answer) => {
    const now = SITUATIONS[situation as keyof typeof SITUATIONS]
    const event: ServiceEvent = { ...EVENTS[name as keyof typeof EVENTS], atMs: AT_MS }
    expect(inWords(now, next(now, event, POLICY))).toBe(answer)
  })
})

function inWords(before: ServiceNow, [after, commands]: ReturnType<typeof next>): string {
  if (after === before && commands.length === 0) return UNMOVED
  const { life, past } = after
  const then =
    'after' in life ? ` then ${life.after.do}${'mode' in life.after ? ` ${life.after.mode}` : ''}` : ''
  const forgot = before.past.deaths.length > 0 && past.deaths.length === 0 ? ', deaths forgotten' : ''
  const words = commands.map(commandInWords)
  return `${life.state}${then}${forgot}${words.length === 0 ? '' : `: ${words.join(', ')}`}`
}

function commandInWords(command: ServiceCommand): string {
  switch (command.do) {
    case 'spawn':
      return `spawn ${command.mode}`
    case 'signal':
      return `${command.signal} ${command.pid}`
    case 'wake':
      return `${command.with} in ${command.afterMs}`
    case 'watch-group':
      return `watch ${command.pid}`
    case 'tell-death':
      return `tell death ${command.ending.code}`
    case 'over':
      return `over ${command.ending.code}${command.gaveUp ? ' given up' : ''}`
  }
}
