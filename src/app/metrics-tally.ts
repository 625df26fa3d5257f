import type { DeathCause } from '../base/death.ts'
import type { Bus } from '../base/event.ts'

/** What only counting tells. */
export type Tally = {
  /** Deaths of services by cause, since the program's start. */
  readonly deaths: () => readonly {
    readonly service: string
    readonly cause: DeathCause
    readonly count: number
  }[]
  /** How much each step that copies has copied. */
  readonly copied: () => readonly { readonly step: string; readonly bytes: number; readonly files: number }[]
}

/** Counts what happens on a bus from now on. */
export function keepTally(bus: Bus): Tally {
  const deaths = new Map<string, ReturnType<Tally['deaths']>[number]>()
  const copied = new Map<string, ReturnType<Tally['copied']>[number]>()
  bus.listen((event) => {
    if (event.type === 'death') {
      const { service, cause } = event.death
      const key = `${service} ${cause}`
      deaths.set(key, { service, cause, count: (deaths.get(key)?.count ?? 0) + 1 })
    } else if (event.type === 'progress')
      copied.set(event.id, { step: event.id, bytes: event.bytes.done, files: event.files.done })
  })
  return { deaths: () => [...deaths.values()], copied: () => [...copied.values()] }
}
