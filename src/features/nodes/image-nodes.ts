import { IMAGE_NODES, type Places } from '../../base/layout.ts'
import { isOwnTarget, ownTarget } from '../../base/own-link.ts'
import type { Facts } from '../../facts/facts.ts'
import type { NodesFolder } from '../../facts/folder-facts.ts'
import { holdsNode } from './presence.ts'

/** Links to make and links of ours to remove, in custom_nodes. */
export type NodeLinks = {
  readonly make: readonly { readonly name: string; readonly target: string }[]
  readonly remove: readonly string[]
}

/**
 * Links for the image's nodes: those of its nodes folder, and in link mode those inside its ComfyUI, which does not look
 * there then. What has the same name in custom_nodes, or was switched off there, stays as it is. Pure.
 */
export function decideNodeLinks(facts: Facts, { customNodes, code, base }: Places): NodeLinks {
  const folderAt = (path: string) => facts.nodes.find((each) => each.path === path)
  const ours: NodesFolder = folderAt(customNodes) ?? {
    path: customNodes,
    exists: false,
    nodes: [],
    disabled: [],
  }
  const sources = [folderAt(IMAGE_NODES), code === base ? undefined : folderAt(`${code}/custom_nodes`)]
  const targets = targetsOf(sources.filter((each) => each !== undefined))
  const stale = ours.nodes.filter(
    ({ name, linkTarget }) =>
      isOwnTarget(linkTarget) && targets.get(name.replace(/\.disabled$/, '')) !== linkTarget,
  )
  const kept = { ...ours, nodes: ours.nodes.filter((each) => !stale.includes(each)) }
  return {
    make: [...targets].flatMap(([name, target]) => (holdsNode(kept, name) ? [] : [{ name, target }])),
    remove: stale.map(({ name }) => `${customNodes}/${name}`),
  }
}

// The folder of nodes comes first: it was made for this.
function targetsOf(sources: readonly NodesFolder[]): ReadonlyMap<string, string> {
  const targets = new Map<string, string>()
  for (const { path, nodes } of sources)
    for (const { name } of nodes)
      if (!/^[._]/.test(name) && !name.endsWith('.disabled') && !targets.has(name))
        targets.set(name, ownTarget(path, name))
  return targets
}
