import type { Ending } from '../../base/exit-code.ts'

/** An ending in words: `exit code 1`, `ended by SIGKILL`. */
export function endingText(ending: Ending): string {
  return ending.signal === null ? `exit code ${ending.code}` : `ended by ${ending.signal}`
}

/** Milliseconds as a person reads them: `500 ms`, `2 s`, `10 min`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 120_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 60_000)} min`
}
