import type { Out } from '../../host/out.ts'

/** A stream that can be held and let go, as the pipes of a child can. */
export type Tap = { readonly pause: () => unknown; readonly resume: () => unknown }

/** The container's log as all services share it. */
export type Outlet = {
  /** Writes bytes of one service; `end` is how they end, so that another service never writes into a progress bar. */
  readonly write: (service: string, chunk: Uint8Array, end: '\n' | '\r') => void
  /** Holds a stream whenever the log takes no more; the returned function lets it go for good. */
  readonly join: (tap: Tap) => () => void
}

/** While the log's reader is slow the pipes of all children are left unread: they wait, and our memory does not grow. */
export function makeOutlet(out: Pick<Out, 'stdout' | 'onDrain'>): Outlet {
  const taps = new Set<Tap>()
  let full = false
  let unfinished: string | undefined
  const drained = () => {
    full = false
    for (const tap of taps) tap.resume()
  }
  return {
    write: (service, chunk, end) => {
      const stray = unfinished !== undefined && unfinished !== service
      unfinished = end === '\r' ? service : undefined
      const taken = out.stdout(stray ? Buffer.concat([NEW_LINE, chunk]) : chunk)
      if (taken) return
      // Each time anew: Node lets the pipes of a child go at its exit, whoever else writes to them.
      for (const tap of taps) tap.pause()
      if (!full) out.onDrain(drained)
      full = true
    },
    join: (tap) => {
      taps.add(tap)
      if (full) tap.pause()
      return () => {
        taps.delete(tap)
      }
    },
  }
}

const NEW_LINE = Buffer.from('\n')
