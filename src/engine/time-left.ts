import type { Progress } from '../base/event.ts'

/** How far back the speed is taken from, milliseconds: long enough to be smooth, short enough to follow a change. */
const WINDOW_MS = 10_000

/** Nothing is said before this much was watched, milliseconds. */
const LEAST_MS = 1000

/** Progress is kept no more often than this, milliseconds, however often it is told. */
const KEEP_EVERY_MS = 250

type Sample = { readonly atMs: number; readonly bytes: number; readonly files: number }

/**
 * Estimates from one step's progress how many milliseconds it still needs, by the speed of the last ten seconds: bytes and
 * files (or nodes) each have one, and the later end counts. Undefined in the first second, while paused, in the first second after a
 * pause, and while nothing moves.
 */
export function timeLeft(monotonicMs: () => number): (progress: Progress) => number | undefined {
  const samples: Sample[] = []
  return ({ bytes, files: those, nodes, paused }) => {
    const files = nodes ?? those
    const atMs = monotonicMs()
    if (paused === true) samples.length = 0
    while (atMs - (samples[1]?.atMs ?? atMs) >= WINDOW_MS) samples.shift()
    const [first] = samples
    const isFresh = atMs - (samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < KEEP_EVERY_MS
    if (paused !== true && !isFresh) samples.push({ atMs, bytes: bytes.done, files: files.done })
    if (first === undefined || atMs - first.atMs < LEAST_MS) return undefined
    return laterEnd(atMs - first.atMs, [
      { done: bytes.done - first.bytes, left: bytes.total - bytes.done },
      { done: files.done - first.files, left: files.total - files.done },
    ])
  }
}

type Pace = { readonly done: number; readonly left: number }

// One huge file at the end stops the count of files, a thousand empty ones that of bytes: what stands still has no say.
function laterEnd(tookMs: number, paces: readonly Pace[]): number | undefined {
  if (paces.every(({ left }) => left <= 0)) return 0
  const moving = paces.filter(({ done, left }) => done > 0 && left > 0)
  const ends = moving.map(({ done, left }) => (left * tookMs) / done)
  return ends.length === 0 ? undefined : Math.round(Math.max(...ends))
}
