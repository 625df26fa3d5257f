import type { ProblemText } from '../base/problem.ts'

/** One line of a problem as a person reads it: a short label, and text that may go on over several lines. */
export type LabelledLine = { readonly label: string; readonly text: string }

/** A problem as three labelled lines: what with its code, why, and what to type. */
export function problemLines({ level, code, what, why, remedy }: ProblemText): readonly LabelledLine[] {
  return [
    { label: level === 'warning' ? 'warning' : 'problem', text: `${what} (${code})` },
    { label: 'why', text: why },
    { label: 'remedy', text: remedy },
  ]
}
