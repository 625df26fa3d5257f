/** Waits until a condition holds, looking every few milliseconds, later more rarely; throws naming what was waited for after the deadline. */
export async function until<T>(
  holds: () => T | Promise<T>,
  what: string | (() => string),
  deadlineMs = 40_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const endMs = performance.now() + deadlineMs
  // Looking is work, too: of the test, and of the program that it asks.
  for (let pauseMs = LEAST_MS; ; pauseMs = Math.min(pauseMs * 1.2, MOST_MS)) {
    const found = await holds()
    if (found !== undefined && found !== null && found !== false)
      return found as NonNullable<Exclude<T, false>>
    if (performance.now() > endMs)
      throw new Error(`Waited ${deadlineMs} ms in vain for ${typeof what === 'string' ? what : what()}.`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

const [LEAST_MS, MOST_MS] = [2, 25]

/** What a promise resolves to, or a sentence that says how long nothing came, when the limit (milliseconds) is first. */
export function within<T>(limitMs: number, promise: Promise<T>): Promise<T | string> {
  const late = new Promise<string>((resolve) =>
    setTimeout(resolve, limitMs, `nothing for ${limitMs} ms`).unref(),
  )
  return Promise.race([promise, late])
}
