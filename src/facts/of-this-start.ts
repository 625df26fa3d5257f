import type { Facts } from './facts.ts'

/** Whether something was written down since this start first looked. A time in the future is of a clock that was wrong then. Pure. */
export function isOfThisStart(
  { atMs }: { readonly atMs: number },
  { sinceMs, nowMs }: Pick<Facts, 'sinceMs' | 'nowMs'>,
): boolean {
  return atMs >= sinceMs && atMs <= nowMs
}
