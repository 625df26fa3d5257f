import type { Tell } from '../../base/event.ts'
import { Problem } from '../../base/problem.ts'
import { joinReports, type Report } from '../../base/report.ts'
import { apply } from '../../engine/apply.ts'
import type { Plan } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import { lookAround } from '../../facts/look-around.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'

/** How to go on: what is decided in each round, who is told, and what ends it before the next step. */
export type Rounds = {
  readonly settings: Settings
  /** `failed`: steps that were tried and are not tried again. */
  readonly decide: (facts: Facts, failed: ReadonlySet<string>) => Plan
  readonly tell: Tell
  readonly signal: AbortSignal
}

/** More than any act needs: switch, become, patch, check out, install, import, done. */
const MAX_ROUNDS = 8

/** Looks, decides and acts until nothing is left to do, as a boot does, for a workspace that is held already. */
export async function goRounds(
  host: Host,
  { settings, decide, tell, signal }: Rounds,
): Promise<{ readonly report: Report; readonly facts: Facts }> {
  const reports: Report[] = []
  let facts: Facts | undefined
  for (;;) {
    facts = await lookAround(host, settings, facts)
    const failed = new Set(
      reports.flatMap(({ steps }) => steps.filter(({ result }) => result === 'failed').map(({ id }) => id)),
    )
    const plan = decide(facts, failed)
    const report = await apply(plan, host, { tell, signal, target: facts.who.target, failed })
    reports.push(report)
    const changed = report.steps.some(({ result, changes }) => result === 'done' && changes.length > 0)
    if (report.verdict === 'failed' || !changed) return { report: joinReports(reports), facts }
    if (reports.length === MAX_ROUNDS)
      throw new Problem('ROUNDS_EXHAUSTED', { rounds: MAX_ROUNDS, steps: plan.steps.map(({ id }) => id) })
  }
}
