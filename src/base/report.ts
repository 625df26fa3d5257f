import type { StepResult } from './event.ts'
import type { Problem } from './problem.ts'

/** What became of one step; `ms` is its duration in milliseconds. */
export type StepReport = {
  readonly id: string
  readonly title: string
  /** Paths that the step was to change. */
  readonly changes: readonly string[]
  readonly result: StepResult
  readonly ms: number
  readonly problem?: Problem
}

/** healthy: all as planned; degraded: something optional is missing; failed: ComfyUI cannot be started. */
export type Verdict = 'healthy' | 'degraded' | 'failed'

/** What a round, or a whole boot, did. */
export type Report = {
  readonly verdict: Verdict
  readonly steps: readonly StepReport[]
  readonly problems: readonly Problem[]
}

const WORSE: readonly Verdict[] = ['healthy', 'degraded', 'failed']

/** Several rounds as one report: all steps in order, the worst verdict, each problem once. */
export function joinReports(reports: readonly Report[]): Report {
  const problems = new Map(
    reports
      .flatMap((each) => each.problems)
      .map((problem) => [`${problem.code} ${problem.message}`, problem]),
  )
  const worst = Math.max(0, ...reports.map((each) => WORSE.indexOf(each.verdict)))
  return {
    verdict: WORSE[worst] ?? 'failed',
    steps: reports.flatMap((each) => each.steps),
    problems: [...problems.values()],
  }
}
