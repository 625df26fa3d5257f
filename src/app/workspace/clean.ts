import { MARKER, type TreePlaces } from '../../base/layout.ts'
import { Problem, type Runtime } from '../../base/problem.ts'
import { joinPlans, type Plan, type Step, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import { orAbsent } from '../../facts/or-absent.ts'
import { sizeOf } from '../../facts/tree-size.ts'
import { PENDING } from '../../facts/trees-beside.ts'
import { removeAll, withRights } from '../../features/workspace/switch/move-entry.ts'
import type { Host } from '../../host/host.ts'
import type { Input } from '../input.ts'
import { type Acting, beginActing, type Done, doneBy, NOTHING_DONE } from './acting.ts'
import { decidePatch } from './decide-change.ts'
import { glance } from './glance.ts'
import { goRounds } from './rounds.ts'
import { takeWorkspace } from './take-workspace.ts'

/** What was removed. Bytes are those of the files, in whole blocks. */
export type Cleaned = Done & {
  readonly result: 'done' | 'nothing-to-do' | 'not-done'
  readonly runtime: Runtime
  readonly removed: readonly Removed[]
}

type Removed = { readonly what: 'previous' | 'staged'; readonly path: string; readonly bytes: number }

/**
 * Removes the previous tree and copies that were not finished; never what a person changed, which is kept apart. Throws
 * WORKSPACE_BUSY while they may be needed. A crash leaves a part that nothing goes back to, and that cleaning again removes.
 */
export async function cleanWorkspace(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
): Promise<Cleaned> {
  const acting = await beginActing(host, input)
  const { settings, tell, stop } = acting
  const facts = await glance(host, settings)
  const { runtime } = facts
  tell({ type: 'runtime', runtime })
  if ((await leftovers(host, facts)).length === 0)
    return { ...NOTHING_DONE, result: 'nothing-to-do', runtime, removed: [] }
  const hold = await takeWorkspace(host, { settings, facts }, { act: 'clean', tell, signal: stop.signal })
  switch (hold.state) {
    case 'running':
      return cleanNow(host, acting, new AbortController().signal)
    case 'ours':
      try {
        return await cleanNow(host, acting, hold.lost)
      } finally {
        await hold.release()
      }
  }
}

async function cleanNow(host: Host, acting: Acting, lost: AbortSignal): Promise<Cleaned> {
  const settings = { ...acting.settings, upgrade: 'keep' } as const
  const facts = await glance(host, settings)
  refuseWhileNeeded(facts)
  const found = await leftovers(host, facts)
  const removed: Removed[] = []
  // One after the other: who we act as is changed for all that is under way.
  for (const each of found) removed.push({ ...each, bytes: await bytesOf(host, each.path) })
  const { tell, stop } = acting
  const signal = AbortSignal.any([stop.signal, lost])
  const decide = (now: Facts) => decideCleaning(settings, now, found)
  const { report } = await goRounds(host, { settings, decide, tell, signal })
  if (lost.reason instanceof Problem) throw lost.reason
  const isDone = report.verdict !== 'failed'
  return {
    ...doneBy(report, facts.runtime, stop),
    result: isDone ? 'done' : 'not-done',
    runtime: facts.runtime,
    removed: isDone ? removed : [],
  }
}

// What is root's is removed with the rest, so it counts.
async function bytesOf(host: Host, path: string): Promise<number> {
  return (await orAbsent(withRights(host, () => sizeOf(host.fs, path))))?.bytes ?? 0
}

// By its folder: of a tree that is half removed nothing else tells.
async function leftovers({ fs }: Host, { workspace }: Facts): Promise<readonly Omit<Removed, 'bytes'>[]> {
  const { previous, next } = workspace.trees.places
  const all = [
    { what: 'previous', path: previous.folder },
    { what: 'staged', path: next.folder },
  ] as const
  const there = await Promise.all(all.map(({ path }) => fs.look(path)))
  return all.filter((_, at) => there[at] !== undefined)
}

function refuseWhileNeeded({ workspace }: Facts): void {
  const { tree, trees, path } = workspace
  if (tree.state === 'switching')
    throw new Problem('WORKSPACE_BUSY', { act: 'clean', path, why: 'switching' })
  if (trees.wish === 'rollback') throw new Problem('WORKSPACE_BUSY', { act: 'clean', path, why: 'rollback' })
}

// What git has to say about the previous tree can be said as long as it is there.
function decideCleaning(
  settings: Acting['settings'],
  facts: Facts,
  found: readonly Omit<Removed, 'bytes'>[],
): Plan {
  const { places, pendingPatch } = facts.workspace.trees
  if (pendingPatch) return decidePatch(settings, facts)
  return joinPlans(...found.map(({ what, path }) => steps(removeTree(places, { what, path }))))
}

const TITLES = {
  previous: 'Remove the previous ComfyUI',
  staged: 'Remove the copy of ComfyUI that was not finished',
} as const

// The marker goes first: without it nothing goes back to a half removed tree, and no copy of it is taken for a whole one.
function removeTree({ previous, next }: TreePlaces, { what, path }: Omit<Removed, 'bytes'>): Step {
  const { tree, folder } = what === 'previous' ? previous : next
  return {
    id: `workspace/remove-${what}`,
    title: TITLES[what],
    changes: [path],
    ifFails: 'stop',
    async apply(host) {
      if ((await host.fs.look(folder)) === undefined) return 'not-needed'
      const marker = `${tree}/${MARKER}`
      if ((await host.fs.look(marker)) !== undefined) await host.fs.rename(marker, `${marker}.gone`)
      await host.fs.remove(`${folder}/${PENDING}`)
      if (!(await removeAll(host, folder)))
        throw Object.assign(new Error(`EACCES: ${folder} holds folders of somebody else's`), {
          code: 'EACCES',
        })
      return 'done'
    },
  }
}
