import { layoutOf, type TreePlaces } from '../../base/layout.ts'
import { blocking, Problem, Refusal, type Runtime } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Wish } from '../../facts/tree-facts.ts'
import type { Host } from '../../host/host.ts'
import type { Input } from '../input.ts'
import { type Acting, beginActing, type Done, doneBy, NOTHING_DONE } from './acting.ts'
import { decideChange, decideFinish } from './decide-change.ts'
import { glance } from './glance.ts'
import { type Goal, goalOf } from './goal.ts'
import { listChanges } from './kept-changes.ts'
import { refuseUnlessOurs } from './our-tree.ts'
import { goRounds } from './rounds.ts'
import { takeWorkspace } from './take-workspace.ts'

/** What became of it. `at-next-start`: ComfyUI runs, and the next start of its container does it. For the others see `Goal`. */
export type Changed = Done & {
  readonly act: Wish
  readonly result: 'done' | 'at-next-start' | 'not-done' | Exclude<Goal['state'], 'switch'>
  readonly runtime: Runtime
  readonly from?: string
  readonly to?: string
  /** Folder with what had been changed in the code of the tree that left. */
  readonly keptChanges?: string | undefined
}

/**
 * Has the image’s ComfyUI, or the previous one, take the place of the workspace’s: now where nobody runs it, else at the next
 * start. Throws what stands in its way. A crash leaves the wish, or a switch: the next start does the rest.
 */
export async function changeTree(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
  act: Wish,
): Promise<Changed> {
  const asked = await beginActing(host, input)
  const acting = { ...asked, settings: { ...asked.settings, upgrade: 'keep' } as const }
  const { settings, tell, stop } = acting
  const facts = await glance(host, settings)
  const { tree } = facts.workspace
  tell({ type: 'runtime', runtime: facts.runtime })
  if (tree.state !== 'switching') refuseUnlessOurs(facts.workspace, act)
  const hold = await takeWorkspace(host, { settings, facts }, { act, tell, signal: stop.signal })
  switch (hold.state) {
    case 'running':
      return wishFor(host, acting, act)
    case 'ours':
      try {
        return await changeNow(host, acting, { act, lost: hold.lost })
      } finally {
        await hold.release()
      }
  }
}

// Room is asked for here already: a start that is told to and has none refuses.
async function wishFor(host: Host, { settings }: Acting, act: Wish): Promise<Changed> {
  const facts = await glance(host, settings)
  const { runtime } = facts
  const goal = goalOf(settings, facts, act)
  if (goal.state !== 'switch') return { ...NOTHING_DONE, ...goal, act, result: goal.state, runtime }
  const { places } = facts.workspace.trees
  await writeWish(host, places, act)
  const { problems } = decideChange(settings, await glance(host, settings))
  if (blocking(problems).length > 0) {
    await dropWish(host, places)
    throw new Refusal(problems)
  }
  const { from, to } = goal
  return { ...NOTHING_DONE, act, result: 'at-next-start', runtime, from, to }
}

type Changing = { readonly act: Wish; readonly lost: AbortSignal }

async function changeNow(host: Host, acting: Acting, { act, lost }: Changing): Promise<Changed> {
  const { settings, tell, stop } = acting
  const going = { settings, tell, signal: AbortSignal.any([stop.signal, lost]) }
  const finished = await goRounds(host, { ...going, decide: (found) => decideFinish(settings, found) })
  const { runtime, workspace } = finished.facts
  const before = doneBy(finished.report, runtime, stop)
  if (finished.report.verdict === 'failed')
    return notDone(lost, { ...before, act, result: 'not-done', runtime })

  const goal = goalOf(settings, finished.facts, act)
  if (goal.state !== 'switch') return { ...before, act, result: goal.state, runtime, from: goal.from }
  const layout = layoutOf(workspace.path)
  const { places } = workspace.trees
  const kept = await listChanges(host, layout)
  await writeWish(host, places, act)
  const { report } = await goRounds(host, {
    ...going,
    decide: (found: Facts) => decideChange(settings, found),
  })
  const { from, to } = goal
  const done = { ...doneBy(report, runtime, stop), act, runtime, from, to }
  const isSwitched = report.steps.some(({ id, result }) => id === 'workspace/switch' && result === 'done')
  if (report.verdict === 'failed' || !isSwitched) {
    if (!lost.aborted) await dropWish(host, places)
    return notDone(lost, { ...done, result: 'not-done' })
  }
  const keptChanges = (await listChanges(host, layout)).find((folder) => !kept.includes(folder))
  return { ...done, steps: [...before.steps, ...done.steps], result: 'done', keptChanges }
}

function notDone(lost: AbortSignal, changed: Changed): Changed {
  if (lost.reason instanceof Problem) throw lost.reason
  return changed
}

// As whoever the workspace is for, which looking left in force.
async function writeWish(host: Host, { folder, wish }: TreePlaces, act: Wish): Promise<void> {
  await host.fs.makeFolder(folder)
  await host.fs.write(wish, `${JSON.stringify({ act })}\n`)
}

// What could not be done is not tried again by a start that nobody expects it from. A switch that has begun is finished.
async function dropWish(host: Host, { record, wish }: TreePlaces): Promise<void> {
  if ((await host.fs.look(record)) === undefined) await host.fs.remove(wish)
}
