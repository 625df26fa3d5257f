import type { Tell } from '../../base/event.ts'
import { blocking, Problem, type ProblemText, Refusal, type Runtime } from '../../base/problem.ts'
import type { Plan } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import { planIdentity } from '../../features/identity/plan.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Input } from '../input.ts'
import { type Acting, beginActing, type Done, doneBy } from '../workspace/acting.ts'
import { glance } from '../workspace/glance.ts'
import { goRounds } from '../workspace/rounds.ts'
import { holdNodes } from './hold.ts'
import type { Receipt } from './receipts.ts'
import { type NodesScene, receiptsOf, sceneOf } from './view.ts'

/** What became of an act: its steps, what is still wrong, and every node since. */
export type NodesDone = Done & {
  readonly result: 'done' | 'not-done'
  /** When ComfyUI has it: `at-next-restart` of ComfyUI, where one runs. */
  readonly counts: 'at-next-start' | 'at-next-restart'
  readonly runtime: Runtime
  /** What else there is to say, a sentence each. */
  readonly notes: readonly string[]
  readonly nodes: readonly Receipt[]
}

/** What an act works with while nobody else changes nodes. */
export type NodesActing = {
  readonly scene: NodesScene
  readonly tell: Tell
  readonly signal: AbortSignal
}

/** What there is to say about what was written down, a sentence each, and what could not be. */
export type Prepared = { readonly notes: readonly string[]; readonly problems?: readonly Problem[] }

/** An act: `prepare` writes down what is wanted and resolves with what there is to say; `decide` is what is done until nothing is left. */
export type NodesAct = {
  readonly prepare?: (host: Host, acting: NodesActing) => Promise<Prepared>
  readonly decide: (settings: Settings, facts: Facts) => Plan
}

/**
 * Holds the nodes, prepares, and goes round until nothing is left to do. Throws what stands in its way before anything is
 * changed. A crash leaves what the next start, or the same act, finishes.
 */
export async function actOnNodes(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
  act: NodesAct,
): Promise<NodesDone> {
  const acting = await beginActing(host, input)
  const { settings, tell, stop } = acting
  const facts = await glance(host, settings)
  tell({ type: 'runtime', runtime: facts.runtime })
  refuseUnprepared(sceneOf(settings, facts))
  const hold = await holdNodes(host, { settings, facts }, { tell, signal: stop.signal })
  try {
    const signal = AbortSignal.any([stop.signal, hold.lost])
    await becomeWhoItIsFor(host, { ...acting, signal })
    // Another act may have changed something until it was our turn.
    const scene = sceneOf(settings, await glance(host, settings))
    const { notes, problems = [] } = (await act.prepare?.(host, { scene, tell, signal })) ?? { notes: [] }
    for (const problem of problems) tell({ type: 'problem', problem })
    const done = await goOn(host, { ...acting, signal }, act)
    if (hold.lost.reason instanceof Problem) throw hold.lost.reason
    const all = [...problems.map((problem) => problem.in(facts.runtime)), ...done.problems]
    const counts = hold.beside ? 'at-next-restart' : 'at-next-start'
    return { ...done, problems: all, counts, notes }
  } finally {
    await hold.release()
  }
}

// Preparing asks git about folders that the person can write to: it must not run as root there.
async function becomeWhoItIsFor(host: Host, { settings, tell, signal }: Going): Promise<void> {
  const sought: Settings = { ...settings, upgrade: 'keep' }
  const decide = (facts: Facts) => planIdentity(sought, facts)
  const { report } = await goRounds(host, { settings: sought, tell, signal, decide })
  const refused = blocking(report.problems)
  if (refused.length > 0) throw new Refusal(refused)
}

type Going = Acting & { readonly signal: AbortSignal }

async function goOn(
  host: Host,
  { settings, tell, signal, stop }: Going,
  { decide }: NodesAct,
): Promise<Omit<NodesDone, 'counts' | 'notes'>> {
  const sought: Settings = { ...settings, upgrade: 'keep' }
  const { report, facts } = await goRounds(host, {
    settings: sought,
    tell,
    signal,
    decide: (found) => decide(sought, found),
  })
  const { runtime } = facts
  const { steps, stoppedBy } = doneBy(report, runtime, stop)
  return {
    steps,
    problems: problemsAtTheEnd(report, decide(sought, facts), runtime),
    stoppedBy,
    result: report.verdict === 'failed' ? 'not-done' : 'done',
    runtime,
    nodes: receiptsOf(sceneOf(sought, facts)),
  }
}

// What a round found wrong and a later one put right is no problem any more.
function problemsAtTheEnd(
  { steps }: Awaited<ReturnType<typeof goRounds>>['report'],
  { problems }: Plan,
  runtime: Runtime,
): readonly ProblemText[] {
  const failed = steps.flatMap(({ problem }) => problem ?? [])
  return [...problems, ...failed].map((problem) => problem.in(runtime))
}

// A start makes places, takes trees over and finishes switches; nodes come after that.
function refuseUnprepared({ facts, places }: NodesScene): void {
  const { customNodes } = places
  if (facts.nodes.some(({ path, exists }) => path === customNodes && exists)) return
  throw new Problem('NODES_NOT_PREPARED', { path: customNodes })
}
