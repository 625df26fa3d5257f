import { readFileSync } from 'node:fs'
import { quietly } from './quietly.ts'
import type { Reaper } from './reaper/marker.ts'

/**
 * Node raises the soft limit of open files to the hard one when it starts, and children would inherit that: programs that
 * close or watch every possible file are slow then. Undefined where this Node cannot change it (node:ffi is experimental).
 */
export type OpenFiles = {
  /** The soft limit that the container was started with, as far as it can be known. */
  readonly own: number
  /** Does something synchronous with this soft limit, at most the hard one; what it starts inherits it. */
  readonly during: <Result>(soft: number, act: () => Result) => Result
  /** Sets the soft limit of a process. */
  readonly setOf: (pid: number, soft: number) => boolean
}

/** The limit of open files on this system; `reaper` says who started us. */
export function openFiles(reaper: Reaper['kind']): OpenFiles | undefined {
  try {
    const { prlimit } = quietly(
      () => process.getBuiltinModule('node:ffi').dlopen(null, declarations).functions,
    )
    const limits = Buffer.alloc(LIMITS_BYTES)
    if (prlimit(0, NOFILE, null, limits) !== 0) return undefined
    const hard = limits.readBigUInt64LE(8)
    const set = (pid: number, soft: bigint) => prlimit(pid, NOFILE, limitsOf(soft, hard), null) === 0
    const wanted = (soft: number) => (BigInt(soft) < hard ? BigInt(soft) : hard)
    return {
      own: Number(wanted(softOfParent(reaper) ?? UNKNOWN)),
      during: (soft, act) => {
        // Node itself opens files meanwhile, and its other threads may.
        set(0, wanted(Math.max(soft, ENOUGH_FOR_US)))
        try {
          return act()
        } finally {
          prlimit(0, NOFILE, limits, null)
        }
      },
      setOf: (pid, soft) => set(pid, wanted(soft)),
    }
  } catch {
    return undefined
  }
}

const declarations = {
  prlimit: { arguments: ['int32', 'int32', 'pointer', 'pointer'], return: 'int32' },
} as const

/** RLIMIT_NOFILE, and the bytes of a struct rlimit: soft, hard. */
const NOFILE = 7
const LIMITS_BYTES = 16

/** What is taken where the container's own limit was raised before anybody could read it: as we were PID 1 ourselves. */
const UNKNOWN = 65_536

/** More open files than this program ever has while it starts another. */
const ENOUGH_FOR_US = 1024

// Whoever started us as its child was started with the container's limit, except for the reaper that took our own place.
function softOfParent(reaper: Reaper['kind']): number | undefined {
  if (reaper !== 'foreign' || process.ppid === 0) return undefined
  try {
    const text = readFileSync(`/proc/${process.ppid}/limits`, 'latin1')
    const soft = /^Max open files\s+(\d+)/m.exec(text)?.[1]
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}

function limitsOf(soft: bigint, hard: bigint): Buffer {
  const limits = Buffer.alloc(LIMITS_BYTES)
  limits.writeBigUInt64LE(soft, 0)
  limits.writeBigUInt64LE(hard, 8)
  return limits
}
