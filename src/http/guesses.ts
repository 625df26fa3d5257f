import { networkOf } from '../host/network-of.ts'

/** Wrong tokens, by the address that they came from. */
export type Guesses = {
  readonly note: (address: string) => void
  /** Seconds until the address is listened to again; 0 when it is. */
  readonly waitS: (address: string) => number
}

/** An address may be wrong so often in so long (milliseconds). */
const MOST_WRONG = 10
const WITHIN_MS = 60_000

/** Addresses that are remembered; of more, those that were wrong first are forgotten. */
const MOST_ADDRESSES = 1024

/** Counts wrong tokens in bounded memory; `elapsedMs` never goes back. */
export function guesses(elapsedMs: () => number): Guesses {
  const wrong = new Map<string, { readonly sinceMs: number; readonly count: number }>()
  const recent = (address: string) => {
    const found = wrong.get(networkOf(address))
    return found !== undefined && elapsedMs() - found.sinceMs < WITHIN_MS ? found : undefined
  }
  return {
    note: (address) => {
      const { sinceMs, count } = recent(address) ?? { sinceMs: elapsedMs(), count: 0 }
      wrong.delete(networkOf(address))
      wrong.set(networkOf(address), { sinceMs, count: count + 1 })
      const [first] = wrong.keys()
      if (wrong.size > MOST_ADDRESSES && first !== undefined) wrong.delete(first)
    },
    waitS: (address) => {
      const found = recent(address)
      if (found === undefined || found.count < MOST_WRONG) return 0
      return Math.ceil((found.sinceMs + WITHIN_MS - elapsedMs()) / 1000)
    },
  }
}
