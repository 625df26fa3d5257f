import type { Places } from '../../../base/layout.ts'
import { shortList } from '../../../base/text.ts'
import type { Step } from '../../../engine/plan.ts'
import type { CheckOutSettings, ToCheckOut } from './to-check-out.ts'

/** What the step is made from. */
export type NodesToCheckOut = {
  readonly nodes: readonly ToCheckOut[]
  readonly places: Places
  readonly settings: CheckOutSettings
  /** Something that a person should know of a node that was got, as a sentence. */
  readonly onNote?: (note: string) => void
}

/**
 * Gets nodes into custom_nodes. What came of each is in `checkouts.json` afterwards, why one could not be had too: the next
 * look finds it. A crash leaves each node as it was or as it is to be, and staged folders that the next try removes.
 */
export function checkOutStep({ nodes, places, settings, onNote }: NodesToCheckOut): Step {
  const folders = nodes.map(({ wanted }) => wanted.folder)
  return {
    id: 'nodes/check-out',
    title: `Check out ${shortList(folders)}`,
    changes: folders.map((folder) => `${places.customNodes}/${folder}`),
    ifFails: 'go-on',
    async apply(host, tell, signal) {
      const { checkOutAll } = await import('./check-out-all.ts')
      const many = { nodes, places, settings, tell, signal }
      return checkOutAll(host, onNote === undefined ? many : { ...many, onNote })
    },
  }
}
