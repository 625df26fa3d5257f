/** Waits until a condition holds, looking every few milliseconds; throws naming what was waited for after the deadline. */
export async function until<T>(
  holds: () => T | Promise<T>,
  what: string | (() => string),
  deadlineMs = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const endMs = performance.now() + deadlineMs
  for (;;) {
    const found = await holds()
    if (found !== undefined && found !== null && found !== false)
      return found as NonNullable<Exclude<T, false>>
    if (performance.now() > endMs)
      throw new Error(`Waited ${deadlineMs} ms in vain for ${typeof what === 'string' ? what : what()}.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** What a promise resolves to, or a sentence that says how long nothing came, when the limit (milliseconds) is first. */
export function within<T>(limitMs: number, promise: Promise<T>): Promise<T | string> {
  const late = new Promise<string>((resolve) =>
    setTimeout(resolve, limitMs, `nothing for ${limitMs} ms`).unref(),
  )
  return Promise.race([promise, late])
}
