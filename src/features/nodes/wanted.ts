import type { WantedNode } from '../../base/node.ts'
import type { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

/** Nodes that are asked for, in order, and what is wrong with how that was done. */
export type Wanted = { readonly nodes: readonly WantedNode[]; readonly problems: readonly Problem[] }

/** Puts the image's manifest, the workspace's and COMFY_NODES together; of entries for one folder the later one counts. Pure. */
export function wantedNodes(_settings: Settings, _facts: Pick<Facts, 'nodeRecords'>): Wanted {
  return { nodes: [], problems: [] }
}
