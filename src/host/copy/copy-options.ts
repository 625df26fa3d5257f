import type { Progress } from './crew.ts'

/** How to copy. */
export type CopyOptions = {
  /** Operations in flight: few for a disk of one's own, many where each takes long (network, user space); default 16. */
  readonly width?: number
  /**
   * What lies at the target is kept where kind, size and time (ns) are equal; `content`: and its bytes. Anything else there is
   * replaced, what the source lacks is removed. Default `time`.
   */
  readonly resume?: 'time' | 'content'
  /** Escaped paths below both folders that are neither copied nor removed: mount points. */
  readonly skip?: readonly string[]
  /** What is done so far, what was there already included; ten times a second at most, and once at the end. */
  readonly onProgress?: (done: Progress) => void
  /** Rejects with the signal's reason within 200 ms. */
  readonly signal?: AbortSignal
  /** Without calls of the C library, through node:fs alone: what happens where a Node has no node:ffi. */
  readonly plain?: boolean
}

/** What was copied: files and links as one count, bytes of files; `kept` of them were there already. */
export type Copied = {
  readonly files: number
  readonly bytes: number
  readonly kept: number
  /** Escaped paths of pipes, sockets and devices: not copied. */
  readonly others: readonly string[]
}

/** How to walk. */
export type WalkOptions = Pick<CopyOptions, 'skip' | 'width' | 'signal' | 'plain'>
