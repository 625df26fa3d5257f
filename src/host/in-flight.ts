/** Files in flight: enough to hide latency on network disks, few enough for two cores. */
const WIDTH = 16

/** Acts on all items, a bounded number at a time; rejects with the first failure. */
export async function inFlight<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const worker = async () => {
    for (const item of waiting) await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker))
}
