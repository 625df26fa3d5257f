/** A time that people set or wait for: `45 s`, `10 min`. */
export function spanText(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}
