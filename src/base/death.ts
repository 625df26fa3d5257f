import type { Ending } from './exit-code.ts'

/**
 * Why a service died, told apart as far as its ending, its last words and the machine tell: out of memory is the kernel's
 * kill, cuda-memory the card's; stalled is a ComfyUI that did no more work and was stopped for it.
 */
export type DeathCause =
  | 'exit'
  | 'signal'
  | 'killed'
  | 'out-of-memory'
  | 'cuda-memory'
  | 'cuda-error'
  | 'gpu-lost'
  | 'traceback'
  | 'assets'
  | 'port-in-use'
  | 'missing-package'
  | 'bad-arguments'
  | 'disk-full'
  | 'stalled'

/** One death of a service, as it is kept in the workspace and shown; JSON as it is. */
export type Death = {
  readonly service: string
  /** ISO time. */
  readonly at: string
  /** Neither code nor signal: it was stopped, for it had stalled. */
  readonly ending: Ending
  readonly cause: DeathCause
  /** What happened, one sentence. */
  readonly summary: string
  /** What to type or set; undefined where nothing better is known than the last lines. */
  readonly remedy?: string
  readonly uptimeMs: number
  /** It ran without custom nodes, or without some of them. */
  readonly isSafe: boolean
  /** The prompt that ran. */
  readonly promptId?: string
  /** Resident memory of all its processes when it was looked at last; bytes. */
  readonly ramBytes?: number
  /** Memory of the cards in use then, all together; bytes. */
  readonly vramBytes?: number
  /** Its last lines, the oldest first, 200 at most. */
  readonly lines: readonly string[]
}
