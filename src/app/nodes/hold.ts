import type { Tell } from '../../base/event.ts'
import { layoutOf } from '../../base/layout.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Host } from '../../host/host.ts'
import type { LockFile } from '../../host/lock-file.ts'
import type { Settings } from '../../settings/settings.ts'
import { takeWorkspace } from '../workspace/take-workspace.ts'

/** The right to change nodes, until it is released or `lost`; `beside` a ComfyUI that runs and has loaded them already. */
export type NodesHold = {
  readonly beside: boolean
  readonly lost: AbortSignal
  readonly release: () => Promise<void>
}

/** Who is told, and what ends the waiting. */
type Holding = { readonly tell: Tell; readonly signal: AbortSignal }

/**
 * Takes the right to change nodes without waiting. Throws WORKSPACE_BUSY for another container or a start that is still at
 * work, NODES_BUSY for another act like this one. A crash leaves a lock file that nobody holds.
 */
export async function holdNodes(
  host: Host,
  world: { readonly settings: Settings; readonly facts: Facts },
  holding: Holding,
): Promise<NodesHold> {
  const workspace = await takeWorkspace(host, world, { act: 'nodes', ...holding })
  const release = async () => {
    if (workspace.state === 'ours') await workspace.release()
  }
  try {
    const lock = await takeOwn(host, world.facts)
    return {
      beside: workspace.state === 'running',
      lost: workspace.state === 'ours' ? workspace.lost : new AbortController().signal,
      release: async () => {
        await lock?.close()
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

// Beside a running ComfyUI nobody holds the workspace for us: two of these acts would undo each other’s work.
async function takeOwn({ fs }: Host, { workspace }: Facts): Promise<LockFile | undefined> {
  const folder = `${layoutOf(workspace.path).own}/nodes`
  const path = `${folder}/lock`
  try {
    await fs.makeFolder(folder)
    const lock = await fs.lockFile(path)
    if (lock.state !== 'refused') return lock
    await lock.close()
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    // A filesystem that takes no lock file tells soon enough whether it takes nodes.
    return undefined
  }
  throw new Problem('NODES_BUSY', { path })
}
