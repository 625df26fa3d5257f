import type { Tell } from '../../base/event.ts'
import { layoutOf } from '../../base/layout.ts'
import { ownerText } from '../../base/owner.ts'
import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import { takeLock } from '../../features/workspace/lock.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import { phaseHere } from './holder.ts'

/** An act that changes which trees, or nodes, lie in the workspace. */
export type TreeAct = 'upgrade' | 'rollback' | 'clean' | 'nodes'

/**
 * Whether the trees can be changed now: `ours` until it is released, unless `lost` is aborted first; `running`: the comfy-init
 * of this container runs ComfyUI from one of them.
 */
export type Hold =
  | { readonly state: 'ours'; readonly lost: AbortSignal; readonly release: () => Promise<void> }
  | { readonly state: 'running' }

/** What is to be done, who is told of it, and what ends the waiting. */
export type Taking = { readonly act: TreeAct; readonly tell: Tell; readonly signal: AbortSignal }

/**
 * Takes the workspace without waiting for whoever uses it. Throws WORKSPACE_BUSY when another container does, or when a start
 * of this one is still at work in it. A crash leaves a lock that can be taken over.
 */
export async function takeWorkspace(
  host: Host,
  { settings, facts }: { readonly settings: Settings; readonly facts: Facts },
  { act, tell, signal }: Taking,
): Promise<Hold> {
  const layout = layoutOf(facts.workspace.path)
  if (!facts.folders.has(layout.own)) await host.fs.makeFolder(layout.own)
  const { instance } = settings
  const onDoubt = async (owner: Parameters<typeof ownerText>[0]) =>
    tell({ type: 'note', level: 'info', text: doubtText(layout.workspace, owner) })
  const wish = { layout, instance, filesystem: facts.workspace.mount?.filesystem }
  const taken = await takeLock(host, wish, { onDoubt, signal })
  const busy = (why: 'elsewhere' | 'preparing' | 'unknown', owner?: Parameters<typeof ownerText>[0]) =>
    new Problem('WORKSPACE_BUSY', { act, path: layout.workspace, why, owner })
  switch (taken.state) {
    case 'held':
      return { state: 'ours', lost: taken.lock.lost, release: taken.lock.release }
    case 'busy': {
      if (!taken.isHere) throw busy('elsewhere', taken.owner)
      const phase = await phaseHere(host, settings)
      if (phase === undefined) throw busy('unknown', taken.owner)
      if (phase === 'preparing') throw busy('preparing', taken.owner)
      return { state: 'running' }
    }
    case 'unkept': {
      const phase = await phaseHere(host, settings)
      if (phase === 'preparing') throw busy('preparing')
      if (phase !== undefined) return { state: 'running' }
      tell({
        type: 'problem',
        problem: new Problem('LOCK_NOT_KEPT', { path: layout.lockFile, code: taken.code }),
      })
      return { state: 'ours', lost: new AbortController().signal, release: async () => {} }
    }
  }
}

function doubtText(path: string, owner: Parameters<typeof ownerText>[0]): string {
  return `${path} was used by ${ownerText(owner)}; looking for 20 s at most whether it still is.`
}
