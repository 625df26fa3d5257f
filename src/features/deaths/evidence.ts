import type { DeathCause } from '../../base/death.ts'
import type { Ending } from '../../base/exit-code.ts'
import type { ServiceSpec } from '../../base/service.ts'
import type { GpuFacts, PythonFacts } from '../../facts/device-facts.ts'
import type { OomCount } from '../../facts/memory-group.ts'
import type { Said } from './last-lines.ts'
import type { Ram } from './memory-watch.ts'

/** All that a death is judged by. Sizes are bytes. */
export type Evidence = {
  readonly spec: Pick<ServiceSpec, 'name' | 'title' | 'file' | 'args' | 'ready'>
  readonly ending: Ending
  readonly uptimeMs: number
  /** When it ended, on the clock of its lines. */
  readonly endedAtMs: number
  readonly said: readonly Said[]
  /** What the kernel killed for lack of memory just before; undefined when that cannot be known. */
  readonly ooms: OomCount | undefined
  /** Resident memory of its processes when it was looked at last. */
  readonly ram: Ram | undefined
  /** The container's limit. */
  readonly limitBytes: number | undefined
  readonly machineBytes: number | undefined
  readonly gpu: Pick<GpuFacts, 'driver' | 'cards'> | undefined
  readonly torch: PythonFacts['torch']
  /** Its GPU had been found lost. */
  readonly isGpuLost: boolean
}

/** Why it died: the cause, a sentence for the person, and what to do about it where that is known. */
export type Finding = { readonly cause: DeathCause; readonly summary: string; readonly remedy?: string }

/** How long something lived, from milliseconds: `0.4 s`, `12 s`, `4 min`, `3 h 20 min`, `2 d 4 h`. */
export function lifeText(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const minutes = Math.round(seconds / 60)
  if (seconds < 100) return `${Math.round(seconds)} s`
  if (minutes < 100) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** Lines that were printed so shortly before the end, milliseconds, may say why it came. */
const RECENT_MS = 30_000

/** The lines that may say why it ended, the oldest first: what was printed long before has another reason. */
export function recentLines({ said, endedAtMs }: Pick<Evidence, 'said' | 'endedAtMs'>): readonly Said[] {
  return said.filter(({ atMs }) => endedAtMs - atMs <= RECENT_MS)
}

/** The beginning of a text that others wrote, without the full stop at its end. */
export function clipped(text: string): string {
  const most = 300
  return (text.length <= most ? text : `${text.slice(0, most)}…`).replace(/\.$/, '')
}
