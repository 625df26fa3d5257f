/** Time. All durations are milliseconds. */
export type Clock = {
  /** Wall clock, milliseconds since 1970; may jump. */
  readonly now: () => number
  /** Milliseconds since the process started; never goes back. */
  readonly monotonicMs: () => number
  /** Calls once after a delay; the returned function cancels it. */
  readonly after: (ms: number, call: () => void) => () => void
  /** Resolves after a delay, or at once when the signal is or becomes aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** The machine's clock. */
export function realClock(): Clock {
  return { now: Date.now, monotonicMs: () => performance.now(), after, sleep }
}

function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    signal?.addEventListener('abort', wake)
  })
}
