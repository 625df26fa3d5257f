import type { Tell } from '../base/event.ts'
import { layoutOf, type Places } from '../base/layout.ts'
import { blocking, Problem } from '../base/problem.ts'
import { joinReports, type Report } from '../base/report.ts'
import { apply } from '../engine/apply.ts'
import { joinPlans, type Plan, problems } from '../engine/plan.ts'
import type { Facts } from '../facts/facts.ts'
import { lookAround } from '../facts/look-around.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { type Decision, decide } from './decide.ts'
import type { Guard, LockKeeper } from './lock-keeper.ts'

/** What boot and its services need to know once everything is in its place. */
export type Settled = { readonly report: Report; readonly facts: Facts; readonly places: Places }

/** How to settle: `beforeActing` is called once, before the first step that changes something. */
export type Settling = {
  readonly tell: Tell
  readonly lock: LockKeeper
  readonly beforeActing: () => Promise<void>
}

/** More rounds than any boot needs: make the lock’s place, finish a switch, upgrade, become, prove, describe, check out, install, import, done. */
const MAX_ROUNDS = 11

/**
 * Looks, decides and acts until nothing is left to do. What only shows after a round is found by the next. Nothing but the
 * lock's place is made before the workspace is ours.
 */
export async function settle(host: Host, settings: Settings, settling: Settling): Promise<Settled> {
  const { lock, tell } = settling
  const reports: Report[] = []
  let view: View | undefined
  for (;;) {
    view = await lookGuarded(host, settings, { lock, tell, before: view })
    const { facts, guard } = view
    const failed = new Set(
      reports.flatMap((each) => each.steps.filter((step) => step.result === 'failed').map((step) => step.id)),
    )
    const { places, ...decision } = decide(settings, facts, failed)
    const plan = guard === undefined ? beforeLock(decision) : withGuard(decision.plan, guard)
    if (willChange(plan)) await settling.beforeActing()
    const report = await apply(plan, host, { tell, signal: lock.signal, target: facts.who.target, failed })
    reports.push(report)
    if (report.verdict === 'failed' || (guard !== undefined && !callsForAnother(plan, report)))
      return { report: joinReports(reports), facts, places }
    if (reports.length === MAX_ROUNDS)
      throw new Problem('ROUNDS_EXHAUSTED', { rounds: MAX_ROUNDS, steps: plan.steps.map((step) => step.id) })
  }
}

type View = { readonly facts: Facts; readonly guard: Guard | undefined }

// The lock can be taken where its place is; after the first round that place is made, or has said why it cannot be.
async function lookGuarded(
  host: Host,
  settings: Settings,
  { lock, tell, before }: Pick<Settling, 'lock' | 'tell'> & { readonly before: View | undefined },
): Promise<View> {
  const read = before?.guard === undefined ? await lock.read() : undefined
  const facts = await lookAround(host, settings, before?.facts)
  tell({ type: 'runtime', runtime: facts.runtime })
  if (before?.guard !== undefined) return { facts, guard: before.guard }
  if (before === undefined && !facts.folders.has(layoutOf(facts.workspace.path).own))
    return { facts, guard: undefined }
  const guard = await lock.take(facts, read)
  if (!guard.looksOld || lock.signal.aborted) return { facts, guard }
  return { facts: withOwnDoors(await lookAround(host, settings), facts, settings), guard }
}

// Whoever was waited for may have held our ports. Doors that could be opened, on ports that were free, are our own since.
function withOwnDoors(now: Facts, before: Facts, { bootPageOnComfyPort }: Settings): Facts {
  const opened = bootPageOnComfyPort ? ['http', 'comfyui'] : ['http']
  const ours = before.ports.filter(({ use, free }) => free && opened.includes(use)).map(({ use }) => use)
  const ports = now.ports.map((port) => (ours.includes(port.use) ? { ...port, free: true } : port))
  return { ...now, ports }
}

// All that is wrong is said before anything is made.
function beforeLock({ plan, preparation }: Omit<Decision, 'places'>): Plan {
  return { steps: preparation.steps, problems: plan.problems }
}

// What was found in a workspace that others are changing says nothing; one that is refused need not be said to take no lock.
function withGuard(plan: Plan, guard: Guard): Plan {
  if (blocking(guard.problems).length > 0) return problems(...guard.problems)
  if (blocking(plan.problems).length > 0) return plan
  return joinPlans(plan, problems(...guard.problems))
}

// A plan that is refused changes nothing, and its doors would only hide why a port is taken.
function willChange(plan: Plan): boolean {
  return blocking(plan.problems).length === 0 && plan.steps.some((step) => step.changes.length > 0)
}

// A step that names no path changes nothing that looking again could find. What waits for one that failed goes on without it.
function callsForAnother(plan: Plan, report: Report): boolean {
  const over = new Set(
    report.steps.filter(({ result }) => result === 'done' || result === 'failed').map(({ id }) => id),
  )
  return plan.steps.some((step) => over.has(step.id) && step.changes.length > 0)
}
