import { findOomFile, type OomCount, readOomCount } from '../../facts/memory-group.ts'
import type { Host } from '../../host/host.ts'
import { groupMemory } from './group-memory.ts'

/** Resident memory, and the moment of the monotonic clock at which it was so. */
export type Ram = { readonly bytes: number; readonly atMs: number }

/** What one look found. */
type Sample = {
  readonly atMs: number
  readonly bytes: number | undefined
  readonly oom: OomCount | undefined
}

/** The memory of one run of a service, looked at from time to time until `end`. */
export type RunMemory = {
  readonly end: () => void
  /** Resident memory of its group when it was looked at last. */
  readonly ram: () => Ram | undefined
  /** How often the kernel killed for lack of memory shortly before an end of the run, and since. */
  readonly oomsAt: (endedAtMs: number) => Promise<OomCount | undefined>
}

/** Looks at the memory of services while they run. */
export type MemoryWatch = { readonly begin: (group: number) => RunMemory; readonly close: () => void }

/** Between two looks, milliseconds. */
const EVERY_MS = 5000

/** From the kernel's kill until the process is gone, at most, milliseconds: much memory takes long to be given back. */
const DYING_MS = 3000

/** Looks kept of each run: they reach back beyond the time that a process takes to die. */
const MOST_SAMPLES = 3

/** A watch over nothing yet; it looks every 5 s, and only while something runs. */
export function memoryWatch(host: Host): MemoryWatch {
  const running = new Map<number, Sample[]>()
  const memoryOf = groupMemory(host)
  const oomNow = oomCounter(host)
  let cancel: (() => void) | undefined
  const look = async () => {
    const groups = [...running.keys()]
    const [oom, ram] = await Promise.all([oomNow(), memoryOf(groups)])
    const atMs = host.clock.monotonicMs()
    for (const group of groups) keep(running.get(group), { atMs, bytes: ram.get(group), oom })
  }
  const goOn = () => {
    cancel = running.size === 0 ? undefined : host.clock.after(EVERY_MS, () => void look().finally(goOn))
  }
  return {
    begin: (group) => {
      const samples: Sample[] = []
      running.set(group, samples)
      const first = oomNow().then((oom) => {
        samples.unshift({ atMs: host.clock.monotonicMs(), bytes: undefined, oom })
      })
      if (cancel === undefined) goOn()
      return {
        end: () => {
          running.delete(group)
        },
        ram: () => ramOf(samples.at(-1)),
        oomsAt: async (endedAtMs) => {
          await first
          const before = samples.findLast(({ atMs }) => atMs <= endedAtMs - DYING_MS) ?? samples[0]
          return since(before?.oom, await oomNow())
        },
      }
    },
    close: () => {
      running.clear()
      cancel?.()
    },
  }
}

// A look that fails, for whatever reason, is one that found nothing: nobody waits for it.
function oomCounter(host: Host): () => Promise<OomCount | undefined> {
  const oomFile = findOomFile(host).catch(() => undefined)
  return async () => {
    const path = await oomFile
    return path === undefined ? undefined : readOomCount(host, path).catch(() => undefined)
  }
}

function keep(samples: Sample[] | undefined, sample: Sample): void {
  samples?.push(sample)
  if (samples !== undefined && samples.length > MOST_SAMPLES) samples.shift()
}

function ramOf(sample: Sample | undefined): Ram | undefined {
  return sample?.bytes ? { bytes: sample.bytes, atMs: sample.atMs } : undefined
}

function since(before: OomCount | undefined, now: OomCount | undefined): OomCount | undefined {
  if (before === undefined || now === undefined) return undefined
  const atLimit =
    before.atLimit === undefined || now.atLimit === undefined ? undefined : now.atLimit - before.atLimit
  return { kills: now.kills - before.kills, atLimit }
}
