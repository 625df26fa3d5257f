import type { Tell } from '../base/event.ts'
import type { Places } from '../base/layout.ts'
import { blocking, Problem } from '../base/problem.ts'
import { joinReports, type Report } from '../base/report.ts'
import { apply } from '../engine/apply.ts'
import type { Plan } from '../engine/plan.ts'
import type { Facts } from '../facts/facts.ts'
import { lookAround } from '../facts/look-around.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { decide } from './decide.ts'

/** What boot and its services need to know once everything is in its place. */
export type Settled = { readonly report: Report; readonly facts: Facts; readonly places: Places }

/** How to settle: `beforeActing` is called once, before the first step that changes something. */
export type Settling = {
  readonly tell: Tell
  readonly signal: AbortSignal
  readonly beforeActing: () => Promise<void>
}

/** More rounds than any boot needs: adopt, become, clone, done. */
const MAX_ROUNDS = 4

/** Looks, decides and acts until nothing is left to do. What only shows after a round is found by the next. */
export async function settle(host: Host, settings: Settings, settling: Settling): Promise<Settled> {
  const reports: Report[] = []
  let facts: Facts | undefined
  for (;;) {
    facts = await lookAround(host, settings, facts)
    settling.tell({ type: 'runtime', runtime: facts.runtime })
    const { plan, places } = decide(settings, facts)
    if (willChange(plan)) await settling.beforeActing()
    const failed = new Set(
      reports.flatMap((each) => each.steps.filter((step) => step.result === 'failed').map((step) => step.id)),
    )
    const report = await apply(plan, host, { ...settling, target: facts.who.target, failed })
    reports.push(report)
    if (report.verdict === 'failed' || !changedAnything(plan, report))
      return { report: joinReports(reports), facts, places }
    if (reports.length === MAX_ROUNDS)
      throw new Problem('ROUNDS_EXHAUSTED', { rounds: MAX_ROUNDS, steps: plan.steps.map((step) => step.id) })
  }
}

// A plan that is refused changes nothing, and its doors would only hide why a port is taken.
function willChange(plan: Plan): boolean {
  return blocking(plan.problems).length === 0 && plan.steps.some((step) => step.changes.length > 0)
}

// A step that names no path changes nothing that looking again could find.
function changedAnything(plan: Plan, report: Report): boolean {
  const done = new Set(report.steps.filter((step) => step.result === 'done').map((step) => step.id))
  return plan.steps.some((step) => done.has(step.id) && step.changes.length > 0)
}
