import type { Death } from '../base/death.ts'
import type { Event } from '../base/event.ts'
import type { Secret } from '../base/secret.ts'
import { addOver, lineOf, type Printed } from './last-lines.ts'

/** Something to tell a reader: what it is, and itself as JSON. */
export type News = {
  readonly kind: 'status' | 'service' | 'line' | 'death' | 'skipped'
  readonly json: string
}

/** Characters of lines and what they are wrapped into, told at once; of what a service prints faster, the newest are told. */
const MOST_AT_ONCE = 256 * 1024

/** Characters of last lines that a new reader is told; the newest are. */
const MOST_AT_FIRST = 256 * 1024

/** Characters of a death's last lines; the newest are told. */
const MOST_OF_DEATH = 64 * 1024

/** Deaths told at once; what dies more often than that has told enough. */
const MOST_DEATHS = 5

/** States of services told at once; the newest are. */
const MOST_STATES = 100

/** Characters that a line is wrapped into. */
const AROUND = 64

/** A state that a service enters. */
export type StateChange = Event & { readonly type: 'service-state' }

/** News that is gathered until it is told. */
export type Gathered = {
  readonly line: (line: Printed) => void
  readonly death: (death: Death) => void
  readonly state: (state: StateChange) => void
  /** The states that were gathered; none is left. */
  readonly takeStates: () => readonly News[]
  /** All else that was gathered, without these secrets; nothing is left. */
  readonly take: (secrets: readonly Secret[]) => readonly News[]
}

/**
 * Gathers news in bounded memory: of lines the newest, after how many were `skipped`; deaths after all lines, since their
 * own lines are among them.
 */
export function gatherNews(): Gathered {
  let lines: Printed[] = []
  let deaths: readonly Death[] = []
  let states: readonly StateChange[] = []
  let characters = 0
  let skipped = 0
  const shorten = () => {
    const kept = newest(lines, MOST_AT_ONCE, sizeOf)
    skipped += lines.length - kept.length
    lines = [...kept]
    characters = lines.reduce((sum, line) => sum + sizeOf(line), 0)
  }
  return {
    line: (line) => {
      addOver(lines, line)
      characters += sizeOf(line)
      // Now and then instead of each time.
      if (characters > 2 * MOST_AT_ONCE) shorten()
    },
    death: (death) => {
      deaths = [...deaths, death].slice(-MOST_DEATHS)
    },
    state: (state) => {
      states = [...states, state].slice(-MOST_STATES)
    },
    takeStates: () => {
      const news = states.map(stateNews)
      states = []
      return news
    },
    take: (secrets) => {
      if (characters > MOST_AT_ONCE) shorten()
      const before: readonly News[] = skipped === 0 ? [] : [{ kind: 'skipped', json: `{"lines":${skipped}}` }]
      const news = [...before, ...lines.map((line) => lineNews(line, secrets)), ...deaths.map(deathNews)]
      lines = []
      deaths = []
      characters = 0
      skipped = 0
      return news
    },
  }
}

/** The last lines as news, as many of the newest as a new reader is told. */
export function firstNews(lines: readonly Printed[], secrets: readonly Secret[]): readonly News[] {
  return newest(lines, MOST_AT_FIRST, sizeOf).map((line) => lineNews(line, secrets))
}

function sizeOf({ raw }: Printed): number {
  return raw.length + AROUND
}

function stateNews({ type: _, ...state }: StateChange): News {
  return { kind: 'service', json: JSON.stringify(state) }
}

function lineNews(line: Printed, secrets: readonly Secret[]): News {
  return { kind: 'line', json: JSON.stringify(lineOf(line, secrets)) }
}

function deathNews(death: Death): News {
  const lines = newest(death.lines, MOST_OF_DEATH, (line) => line.length + 1)
  return { kind: 'death', json: JSON.stringify({ ...death, lines }) }
}

function newest<T>(
  all: readonly T[],
  mostCharacters: number,
  charactersOf: (each: T) => number,
): readonly T[] {
  let left = mostCharacters
  const from = all.findLastIndex((each) => {
    left -= charactersOf(each)
    return left < 0
  })
  return all.slice(from + 1)
}
