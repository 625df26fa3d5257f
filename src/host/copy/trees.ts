import type { Folder } from './calls.ts'
import { retried, type Thread } from './thread.ts'

/** A thread with both trees open, and what it has learned about the target's filesystem. */
export type Trees = Thread & {
  readonly from: Folder
  readonly to: Folder
  /** One for all files, one after the other. */
  readonly buffer: Buffer
  /** Bits that a new file or folder does not get. */
  readonly umask: number
  readonly skip: ReadonlySet<string>
  readonly learned: Learned
}

/**
 * `exactModes`: entries come with other bits than asked for (inherited ones), which the first file tells: `filesSeen`.
 * `shares`: blocks can be shared. `ahead`: files that may be open before their turn.
 */
export type Learned = { exactModes: boolean; filesSeen: boolean; shares: boolean; ahead: number }

/** Opens both trees of an assignment. */
export function openTrees(thread: Thread): Trees {
  const { calls, assignment } = thread
  return {
    ...thread,
    from: retried(thread, () => calls.openRoot(assignment.from)),
    to: retried(thread, () => calls.openRoot(assignment.to)),
    buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
    umask: process.umask(),
    skip: new Set(assignment.skip),
    learned: {
      exactModes: false,
      filesSeen: false,
      shares: true,
      ahead: Math.max(4, Math.floor(FILES_AHEAD / assignment.threads)),
    },
  }
}

/** Whether an entry that was made with these permission bits has them. */
export function getsMode({ umask, learned }: Trees, mode: number): boolean {
  return !learned.exactModes && (mode & umask) === 0 && mode <= 0o777
}

const BUFFER_BYTES = 1024 * 1024
const FILES_AHEAD = 128
