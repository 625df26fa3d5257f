/** Enough at a time to hide a network's latency. */
const WIDTH = 16

/**
 * Acts on all items, a bounded number at a time, and gives the answers in their order. Stops at an abort or a failure, which it
 * throws when nothing is under way any more.
 */
export async function inBatches<T, U>(
  items: readonly T[],
  signal: AbortSignal,
  act: (item: T) => Promise<U>,
): Promise<readonly U[]> {
  const answers: U[] = []
  for (let at = 0; at < items.length; at += WIDTH) {
    signal.throwIfAborted()
    const batch = items.slice(at, at + WIDTH).map(act)
    await Promise.allSettled(batch)
    answers.push(...(await Promise.all(batch)))
  }
  return answers
}
