import type { Calls, Found } from './calls.ts'
import { rest } from './control.ts'
import type { Assignment, Finding, Said } from './jobs.ts'
import { codeOf } from './system-error.ts'

/** What every act in a thread needs. */
export type Thread = {
  readonly calls: Calls
  readonly assignment: Assignment
  readonly say: (said: Said) => void
}

/** Tells the main thread one thing that others need to know. */
export function tell({ say }: Thread, finding: Finding): void {
  say({ kind: 'found', findings: [finding] })
}

/** Tries again what the system asks to try again, and waits for descriptors while others hold them all. */
export function retried<T>({ assignment: { control, thread } }: Thread, act: () => T): T {
  for (let attempt = 0; ; attempt++)
    try {
      return act()
    } catch (error) {
      const code = codeOf(error) ?? ''
      const most = PASSING.has(code) ? 5 : EXHAUSTED.has(code) ? 100 : 0
      if (attempt >= most) throw error
      rest(control, EXHAUSTED.has(code) ? 20 + 9 * thread : 10 * 2 ** attempt)
    }
}

/** Whether a file is still what it was when it was looked at first. */
export function isSame(before: State, after: State): boolean {
  return (
    before.bytes === after.bytes &&
    before.seconds === after.seconds &&
    before.nanoseconds === after.nanoseconds
  )
}

/** Sets permission bits; filesystems that have none say so, and are left as they are. */
export function setModeAsFar(set: () => void): void {
  try {
    set()
  } catch (error) {
    if (!NO_MODES.has(codeOf(error) ?? '')) throw error
  }
}

/** True for the system's «no more descriptors». */
export function isExhausted(error: unknown): boolean {
  return EXHAUSTED.has(codeOf(error) ?? '')
}

type State = Pick<Found, 'bytes' | 'seconds' | 'nanoseconds'>

const PASSING = new Set(['EINTR', 'EAGAIN', 'ESTALE'])
const EXHAUSTED = new Set(['EMFILE', 'ENFILE'])
const NO_MODES = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])
