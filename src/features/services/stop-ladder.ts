import type { Rung } from '../../base/service.ts'

/** A rung of a ladder that nobody chose: its part of the grace, from 0 to 1. */
export type Share = { readonly signal: NodeJS.Signals; readonly share: number }

/** The ladder that a person chose, else the usual one; never longer as a whole than the grace, milliseconds. */
export function stopLadder(
  chosen: readonly Rung[] | undefined,
  usual: readonly Share[],
  graceMs: number,
): readonly Rung[] {
  const rungs = chosen ?? usual.map(({ signal, share }) => ({ signal, graceMs: graceMs * share }))
  const wholeMs = rungs.reduce((sum, rung) => sum + rung.graceMs, 0)
  const factor = wholeMs > graceMs ? graceMs / wholeMs : 1
  return rungs.map((rung) => ({ ...rung, graceMs: rung.graceMs * factor }))
}
