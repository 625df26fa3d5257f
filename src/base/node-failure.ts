import type { NodeFailure } from './node.ts'
import { Problem } from './problem.ts'

/** What is kept of a problem with one node; `temporary` where the next boot is to try again by itself. */
export function failureOf({ code, details }: Problem, temporary: boolean): NodeFailure {
  return { code, details: Object.fromEntries(Object.entries(details)), temporary }
}

/** Whether its words can be made: what another version of this program kept may have a code or details that this one lacks. */
export function isReadable(failure: NodeFailure): boolean {
  try {
    problemOf(failure, false).toJSON()
    return true
  } catch {
    return false
  }
}

/** The problem that was kept: it refuses the boot for a required node, and is a warning for any other. */
export function problemOf({ code, details }: NodeFailure, required: boolean): Problem {
  // Both were taken from one problem, or its words would not fit its code.
  return new Problem(code, details as never, { level: required ? 'blocking' : 'warning', degrades: true })
}
