import { type Clock, realClock } from '../../src/host/clock.ts'

/** The machine's clock, so many times as fast: what is to last a minute is over in a moment, and in the same order. */
export function quickClock(times: number): Clock {
  const real = realClock()
  return {
    now: real.now,
    monotonicMs: () => real.monotonicMs() * times,
    after: (ms, call) => real.after(ms / times, call),
    sleep: (ms, signal) => real.sleep(ms / times, signal),
  }
}

/** The machine's clock, but pauses of up to five seconds are so many times as short; longer times, which are limits, are not. */
export function quickPauses(times: number): Clock {
  const real = realClock()
  return { ...real, sleep: (ms, signal) => real.sleep(ms <= 5000 ? ms / times : ms, signal) }
}
