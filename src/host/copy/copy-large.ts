import { atPath, withBoth } from './at-path.ts'
import type { Calls, Folder, Open } from './calls.ts'
import { count } from './control.ts'
import { copyPart } from './copy-bytes.ts'
import type { Large, StretchJob } from './jobs.ts'
import { changedFailure, MOST_ATTEMPTS } from './system-error.ts'
import { isSame, retried, setModeAsFar, tell } from './thread.ts'
import type { Trees } from './trees.ts'

/** From this size on a file is copied in stretches, by several threads at once. */
export const LARGE_BYTES = 64 * 1024 * 1024

const STRETCH_BYTES = 32 * 1024 * 1024

/** The stretches of a large file. */
export function stretchesOf(large: Large): readonly StretchJob[] {
  const { bytes } = large.seen
  return Array.from({ length: Math.ceil(bytes / STRETCH_BYTES) }, (_, at) => ({
    kind: 'stretch',
    large,
    from: at * STRETCH_BYTES,
    to: Math.min(bytes, (at + 1) * STRETCH_BYTES),
  }))
}

/** Copies a stretch of a large file whose target has its full size already. */
export function copyStretch(trees: Trees, { large, from, to }: StretchJob): void {
  const { assignment } = trees
  retried(trees, () => {
    let counted = 0
    const tellBytes = (bytes: number) => {
      counted += bytes
      count(assignment.control, assignment.thread, { files: 0, bytes, kept: 0 })
    }
    try {
      onBoth(trees, large, (open, target) =>
        copyPart(trees, open, { target, from, to, seen: large.seen, tellBytes }),
      )
    } catch (error) {
      tellBytes(-counted)
      throw error
    }
  })
}

/** Gives a large file what it gets last, or has it copied again when the source changed meanwhile. */
export function finishLarge(trees: Trees, { path, seen, attempt }: Large): void {
  const { calls, assignment } = trees
  onBoth(trees, { path, seen, attempt }, (open, target) => {
    const now = calls.lookOpen(open)
    if (!isSame(seen, now)) {
      if (attempt === MOST_ATTEMPTS) throw changedFailure(`${trees.from.path}/${path}`)
      calls.setBytes(target, 0)
      calls.setBytes(target, now.bytes)
      count(assignment.control, assignment.thread, { files: 0, bytes: -seen.bytes, kept: 0 })
      return tell(trees, { kind: 'large', large: { path, seen: now, attempt: attempt + 1 } })
    }
    calls.copyAttributes(open, target)
    setModeAsFar(() => calls.setMode(target, seen.mode))
    calls.setTime(target, seen)
    count(assignment.control, assignment.thread, { files: 1, bytes: 0, kept: 0 })
  })
}

function onBoth({ calls, ...trees }: Trees, { path }: Large, act: (open: Open, target: Open) => void): void {
  const opens = [
    () => opened(calls, [trees.from, path], calls.openFile),
    () => opened(calls, [trees.to, path], calls.openToWrite),
  ] as const
  withBoth(calls, opens, act)
}

function opened(calls: Calls, place: readonly [Folder, string], open: Calls['openFile']): Open {
  return atPath(calls, place, open)
}
