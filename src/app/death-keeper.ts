import type { Death } from '../base/death.ts'
import type { Bus } from '../base/event.ts'
import type { Layout } from '../base/layout.ts'
import type { ServiceSpec } from '../base/service.ts'
import type { Facts } from '../facts/facts.ts'
import { describeDeath, type Known } from '../features/deaths/describe-death.ts'
import { type End, findEnds } from '../features/deaths/ends.ts'
import { reportWriter } from '../features/deaths/report-writer.ts'
import { followRuns } from '../features/deaths/runs.ts'
import { secretsOf } from '../features/deaths/secrets.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'

/** What keeping reports of deaths needs. */
export type Keeping = {
  readonly bus: Bus
  readonly layout: Layout
  readonly services: readonly ServiceSpec[]
  readonly settings: Settings
  /** GPU and torch, so that an error of theirs can be told with names and numbers. */
  readonly facts?: Pick<Facts, 'gpu' | 'python'>
  /** The prompt that ComfyUI worked on when it was seen last. */
  readonly promptId?: () => string | undefined
  /** What was measured last: memory of the cards in use, bytes. */
  readonly uses?: () => { readonly vramBytes?: number | undefined }
}

/** The deaths of this program's life. */
export type DeathKeeper = {
  /** The last ones, the newest first, five at most. */
  readonly deaths: () => readonly Death[]
  /** Listens no more; resolves when what happened before is told and kept, or soon where a disk does not answer. */
  readonly close: () => Promise<void>
}

/** How many are kept in memory. */
const MOST_DEATHS = 5

/** Longest wait for the disk at the end, milliseconds. */
const CLOSE_MS = 2000

/**
 * Finds out why a service died, tells it as an event, and keeps it in the workspace. To be called before services start.
 * Nobody waits for it, and it never throws; where the report cannot be written it is told all the same.
 */
export function deathKeeper(host: Host, keeping: Keeping): DeathKeeper {
  const { bus, layout, services, settings, facts, promptId, uses } = keeping
  const runs = followRuns(host, () => uses?.().vramBytes)
  const endOf = findEnds(services, runs, host.clock.monotonicMs)
  const secrets = secretsOf(settings, services)
  const writer = reportWriter(host, layout.deaths, (code) => {
    const text = `Cannot keep the report of this death in ${layout.deaths} (${code}).`
    bus.tell({ type: 'note', level: 'warn', text })
  })
  const deaths: Death[] = []
  let telling = Promise.resolve()
  const tell = async (end: End, known: Known) => {
    const death = await describeDeath(host, end, known)
    deaths.unshift(death)
    deaths.splice(MOST_DEATHS)
    bus.tell({ type: 'death', death })
    writer.write(death)
  }
  const leave = bus.listen((event) => {
    runs.hear(event)
    const end = endOf(event)
    if (end === undefined) return
    const at = new Date(host.clock.now()).toISOString()
    const known = { at, promptId: end.spec.essential ? promptId?.() : undefined, machine: facts, secrets }
    telling = telling
      .then(() => tell(end, known))
      .catch((error) => {
        bus.tell({ type: 'note', level: 'warn', text: `Cannot explain this death: ${error}.` })
      })
  })
  return {
    deaths: () => deaths,
    close: async () => {
      leave()
      runs.close()
      await telling
      await writer.settle(CLOSE_MS)
    },
  }
}
