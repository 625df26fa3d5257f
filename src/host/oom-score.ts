import { readFileSync, writeFileSync } from 'node:fs'

/** The highest oom_score_adj that Linux takes. */
const MOST = 1000

/**
 * Makes the kernel choose a process sooner when memory is short: adds so much to what it inherited. Everybody may do so;
 * where /proc does not take it, nothing happens.
 */
export function raiseOomScore(pid: number, score: number): void {
  try {
    const path = `/proc/${pid}/oom_score_adj`
    const inherited = Number(readFileSync(path, 'latin1'))
    if (score > 0) writeFileSync(path, String(Math.min(MOST, inherited + score)))
  } catch {
    // it is gone already, or /proc is not writable
  }
}
