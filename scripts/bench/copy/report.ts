/** One copy: how long it took, what the processors did for it, and its peak memory where it says so. */
export type Sample = {
  readonly way: string
  readonly ms: number
  readonly cpuMs: number
  readonly peakKib: number | undefined
  /** How long it took within the process, which in a boot is there already. */
  readonly insideMs: number | undefined
}

/** The medians of each way, and ours beside the best of the others and beside cp. */
export function report(title: string, samples: readonly Sample[]): string {
  const ways = [...new Set(samples.map(({ way }) => way))]
  const rows = ways.map((way) => {
    const own = samples.filter((each) => each.way === way)
    const peak = Math.max(...own.map(({ peakKib }) => peakKib ?? 0))
    return { way, ms: median(own.map(({ ms }) => ms)), cpuMs: median(own.map(({ cpuMs }) => cpuMs)), peak }
  })
  const ours = rows.find(({ way }) => way === OURS)
  const others = rows.filter(({ way }) => way !== OURS)
  const best = Math.min(...others.map(({ ms }) => ms))
  const inside = median(samples.flatMap(({ insideMs }) => insideMs ?? []))
  const cp = others.find(({ way }) => way === 'cp -a')
  const ratio = (of: number | undefined) => ((ours?.ms ?? 0) / (of ?? 0) || 0).toFixed(2)
  return [
    `${title} (medians of ${samples.length / ways.length})`,
    ...rows.map(({ way, ms, cpuMs, peak }) => {
      const memory = peak === 0 ? '' : `, peak ${(peak / 1024).toFixed(0)} MiB`
      return `  ${way.padEnd(12)} ${ms.toFixed(0).padStart(7)} ms, processors ${cpuMs.toFixed(0)} ms${memory}`
    }),
    `  comfy-init is ${ratio(best)} of the best other, ${ratio(cp?.ms)} of cp -a`,
    `  without the start of its process: ${inside.toFixed(0)} ms, ${(inside / best).toFixed(2)} of the best other`,
  ].join('\n')
}

/** The name of our own way. */
export const OURS = 'comfy-init'

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
