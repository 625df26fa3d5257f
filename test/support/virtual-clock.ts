import type { Clock } from '../../src/host/clock.ts'

/** A clock that stands still until it is moved. */
export type VirtualClock = Clock & {
  /** Moves on by so many milliseconds; calls what falls due on the way, in order of time, each with its followers run. */
  readonly advance: (ms: number) => Promise<void>
  /** How many wake-ups are due in the future. */
  readonly pending: () => number
}

type Alarm = { readonly atMs: number; readonly call: () => void }

/** A clock at 0 ms that only `advance` moves. */
export function virtualClock(): VirtualClock {
  let nowMs = 0
  const alarms = new Set<Alarm>()
  const after = (ms: number, call: () => void) => {
    const alarm = { atMs: nowMs + ms, call }
    alarms.add(alarm)
    return () => {
      alarms.delete(alarm)
    }
  }
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) return resolve()
      const cancel = after(ms, resolve)
      signal?.addEventListener('abort', () => {
        cancel()
        resolve()
      })
    })
  const advance = async (ms: number) => {
    const endMs = nowMs + ms
    await settled()
    for (let next = nextUntil(alarms, endMs); next !== undefined; next = nextUntil(alarms, endMs)) {
      alarms.delete(next)
      nowMs = next.atMs
      next.call()
      await settled()
    }
    nowMs = endMs
  }
  return { now: () => nowMs, monotonicMs: () => nowMs, after, sleep, advance, pending: () => alarms.size }
}

function nextUntil(alarms: ReadonlySet<Alarm>, endMs: number): Alarm | undefined {
  return [...alarms].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
}

// Lets everything that waits for nothing but promises run.
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
