import type { Tell } from '../base/event.ts'
import { blocking, Problem, systemCode } from '../base/problem.ts'
import type { Report, StepReport, Verdict } from '../base/report.ts'
import { printable } from '../base/text.ts'
import type { Host } from '../host/host.ts'
import type { Ids } from '../host/users.ts'
import type { Plan, Step, TellProgress } from './plan.ts'
import { timeLeft } from './time-left.ts'

/** What applying a plan needs besides hands. */
export type Applying = {
  readonly tell: Tell
  /** Whom steps act as, unless they ask for root. */
  readonly target: Ids
  /** Aborting stops before the next step, and inside steps that can wait. */
  readonly signal: AbortSignal
  /** Ids of steps that failed in an earlier round of this boot: they are not tried again. */
  readonly failed: ReadonlySet<string>
}

/** Runs a plan's steps in order. A plan with a blocking problem runs none; a failed step that is needed ends the run. */
export async function apply(plan: Plan, host: Host, applying: Applying): Promise<Report> {
  const steps = plan.steps.filter((step) => !applying.failed.has(step.id)).map(toldPlainly)
  applying.tell({ type: 'round', steps: steps.map(({ id, title }) => ({ id, title })) })
  for (const problem of plan.problems) applying.tell({ type: 'problem', problem })
  let stopped = blocking(plan.problems).length > 0
  const done: StepReport[] = []
  for (const step of steps) {
    const report = stopped || applying.signal.aborted ? notReached(step) : await run(step, host, applying)
    stopped ||= report.result === 'failed' && step.ifFails === 'stop'
    done.push(report)
  }
  const problems = [...plan.problems, ...done.flatMap((step) => step.problem ?? [])]
  const verdict = verdictOf(done, stopped)
  const isLame = verdict === 'healthy' && plan.problems.some((problem) => problem.degrades)
  return { verdict: isLame ? 'degraded' : verdict, steps: done, problems }
}

// Names of files stand in both, and whoever made the file chose them.
function toldPlainly(step: Step): Step {
  return { ...step, title: printable(step.title), changes: printable(step.changes) }
}

async function run(step: Step, host: Host, { tell, target, signal }: Applying): Promise<StepReport> {
  const { id, title, changes } = step
  const startMs = host.clock.monotonicMs()
  const end = (result: StepReport['result'], problem?: Problem): StepReport => {
    const ms = Math.round(host.clock.monotonicMs() - startMs)
    if (problem !== undefined) tell({ type: 'problem', problem })
    tell({ type: 'step-done', id, result, ms })
    return { id, title, changes, result, ms, ...(problem === undefined ? {} : { problem }) }
  }
  tell({ type: 'step-started', id, title })
  try {
    host.users.actAs(step.as === 'root' ? undefined : target)
    return end(await step.apply(host, progressOf(id, host, tell), signal))
  } catch (error) {
    if (signal.aborted) return notReached(step)
    return end('failed', problemOf(step, error))
  } finally {
    host.users.actAs(target)
  }
}

// Steps know how far they are; how long that still takes is the same sum for all of them.
function progressOf(id: string, { clock }: Host, tell: Tell): TellProgress {
  const leftOf = timeLeft(clock.monotonicMs)
  return (progress) => {
    const leftMs = leftOf(progress)
    tell({ type: 'progress', id, ...progress, ...(leftMs === undefined ? {} : { leftMs }) })
  }
}

// A system error is the machine's; anything else without a Problem's words is our own mistake and goes up as it is.
function problemOf(step: Step, error: unknown): Problem {
  const level = step.ifFails === 'go-on' ? 'warning' : 'blocking'
  if (error instanceof Problem) return new Problem(error.code, error.details, { cause: error, level })
  const code = systemCode(error)
  if (code === undefined || !(error instanceof Error)) throw error
  return new Problem(
    'STEP_FAILED',
    { step: step.id, title: step.title, code, message: error.message },
    { cause: error, level },
  )
}

function notReached({ id, title, changes }: Step): StepReport {
  return { id, title, changes, result: 'not-reached', ms: 0 }
}

function verdictOf(done: readonly StepReport[], stopped: boolean): Verdict {
  if (stopped || done.some((step) => step.result === 'not-reached')) return 'failed'
  return done.some((step) => step.result === 'failed') ? 'degraded' : 'healthy'
}
