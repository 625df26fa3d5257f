import type { WantedNode } from '../../base/node.ts'
import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Entry } from './manifest/read-entry.ts'
import { readList } from './manifest/read-list.ts'
import { type Asked, readManifest } from './manifest/read-manifest.ts'

/** Nodes that are asked for, in order, and what is wrong with how that was done. */
export type Wanted = { readonly nodes: readonly WantedNode[]; readonly problems: readonly Problem[] }

/** Where a node was written that nobody asked for. */
export const FROM_DEFAULT = 'the default of COMFY_NODES'

/** What an instance wants that was told nothing: what nearly everybody installs first. */
const DEFAULTS = ['ComfyUI-Manager', 'comfyui_controlnet_aux']

/**
 * Puts the image's manifest, the workspace's and COMFY_NODES together; of entries for one folder the later one counts. A manifest
 * that cannot be read is a warning and asks for nothing: a slip in a file of nodes must not take away the ComfyUI that runs
 * with those that are there. The defaults are for where there is no manifest at all. Pure.
 */
export function wantedNodes(
  settings: Pick<Settings, 'nodes'>,
  facts: { readonly nodeRecords: Pick<Facts['nodeRecords'], 'manifests'> },
): Wanted {
  const { manifests } = facts.nodeRecords
  const sources: readonly Named[] = [
    ...manifests.map((each) => ({ from: each.path, ...readManifest(each) })),
    ...(settings.nodes === undefined ? [] : [{ from: 'COMFY_NODES', ...readList(settings.nodes) }]),
    ...(settings.nodes === undefined && manifests.length === 0
      ? [{ from: FROM_DEFAULT, ...readList(DEFAULTS) }]
      : []),
  ]
  const wanted = new Map<string, WantedNode>()
  const switchedOff = sources.flatMap((each) => layOver(wanted, each))
  return {
    nodes: [...wanted.values()],
    problems: [...sources.flatMap(({ problems }) => problems), ...switchedOff],
  }
}

type Named = Asked & { readonly from: string }

// A key that is there keeps its place in a map: the order is that of first appearance.
function layOver(wanted: Map<string, WantedNode>, { from, entries }: Named): readonly Problem[] {
  return entries.flatMap((entry) => {
    const key = entry.folder.toLowerCase()
    const { source, ...options } = entry
    if (source !== undefined) {
      wanted.set(key, { ...options, source, from })
      return []
    }
    const before = wanted.get(key)
    if (before === undefined) return [nothingToSwitchOff(entry, from)]
    wanted.set(key, { ...before, enabled: false, from })
    return []
  })
}

function nothingToSwitchOff({ folder }: Entry, path: string): Problem {
  return new Problem('NODES_ENTRY_INVALID', {
    path,
    entry: folder,
    fault: `It switches ${folder} off, but no file before this one asks for it. Rename the folder to ${folder}.disabled to switch off a node that lies there.`,
  })
}
