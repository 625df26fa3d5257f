import type { Clock } from '../../host/clock.ts'
import type { Memory } from '../../host/memory.ts'
import type { Out } from '../../host/out.ts'
import { bytesLane } from './bytes-lane.ts'
import { jsonLane } from './json-lane.ts'
import type { Lane, LogForm, Source } from './lane.ts'
import { linesApart, prefixLane } from './prefix-lane.ts'

/** A stream that can be held and let go, as the pipes of a child can. */
export type Tap = { readonly pause: () => unknown; readonly resume: () => unknown }

/** The container's log as all services share it. */
export type Outlet = {
  /** A way into the log for one stream of one run of a service. */
  readonly lane: (source: Source) => Lane
  /** Holds a stream whenever the log takes no more; the returned function lets it go for good. */
  readonly join: (tap: Tap) => () => void
  /** True while the log takes no more. */
  readonly isFull: () => boolean
  /** How much waits for the log's reader: another number whenever some of it was read. */
  readonly waiting: () => number
}

/** What the log of services is made of. */
export type OutletParts = {
  readonly out: Pick<Out, 'stdout' | 'onDrain' | 'waiting'>
  readonly clock: Clock
  readonly memory: Memory
}

/** A reader that rests for so long may do so for hours: what the flow before it took is given back, milliseconds. */
const HELD_MS = 1000

/** While the log's reader is slow the pipes of all children are left unread: they wait, and our memory does not grow. */
export function makeOutlet({ out, clock, memory }: OutletParts, form: LogForm): Outlet {
  const taps = new Set<Tap>()
  let full = false
  let cancelRest = () => {}
  const drained = () => {
    full = false
    cancelRest()
    for (const tap of taps) tap.resume()
  }
  const write = (chunk: Uint8Array) => {
    if (out.stdout(chunk)) return
    // Each time anew: Node lets the pipes of a child go at its exit, whoever else writes to them.
    for (const tap of taps) tap.pause()
    if (full) return
    full = true
    out.onDrain(drained)
    cancelRest = clock.after(HELD_MS, memory.rest)
  }
  return {
    lane: lanesOf(form, { clock, write }),
    join: (tap) => {
      taps.add(tap)
      if (full) tap.pause()
      return () => {
        taps.delete(tap)
      }
    },
    isFull: () => full,
    waiting: () => out.waiting?.('stdout') ?? 0,
  }
}

function lanesOf(
  form: LogForm,
  to: { readonly clock: Clock; readonly write: (chunk: Uint8Array) => void },
): (source: Source) => Lane {
  switch (form) {
    case 'prefix': {
      const write = linesApart(to.write)
      return ({ service }) => prefixLane(service, write)
    }
    case 'bytes':
      return () => bytesLane(to)
    case 'json':
      return (source) => jsonLane(source, to)
  }
}
