import type { Descent } from './life.ts'

/** The same ladder, made to end within a grace (milliseconds from now); a longer grace changes nothing. */
export function shorten(descent: Descent, atMs: number, graceMs: number | undefined): Descent {
  const [current, ...later] = descent.rungs
  if (current === undefined || graceMs === undefined) return descent
  const currentMs = Math.max(0, descent.endsMs - atMs)
  const wholeMs = currentMs + later.reduce((sum, rung) => sum + rung.graceMs, 0)
  const factor = wholeMs === 0 ? 1 : Math.min(1, Math.max(0, graceMs) / wholeMs)
  return {
    rungs: [current, ...later.map((rung) => ({ ...rung, graceMs: rung.graceMs * factor }))],
    endsMs: atMs + currentMs * factor,
  }
}

/** The next rung; undefined after the last one. */
export function climb(descent: Descent, atMs: number): Descent | undefined {
  const [, ...rungs] = descent.rungs
  const [current] = rungs
  return current === undefined ? undefined : { rungs, endsMs: atMs + current.graceMs }
}
