import type { NodeCondition, WantedNode } from '../../base/node.ts'
import type { Facts } from '../../facts/facts.ts'
import { unmetCondition } from '../../facts/node-conditions.ts'
import type { Settings } from '../../settings/settings.ts'

const FOR: Readonly<Record<NodeCondition, string>> = {
  gpu: 'machines with a GPU',
  cpu: 'machines without a GPU',
  amd64: 'amd64 processors',
  arm64: 'arm64 processors',
}

/**
 * Wanted nodes that are not even to be imported, by folder as it was asked for, with why: switched off, not for this machine, or
 * without what they require. Pure.
 */
export function unwanted(
  settings: Settings,
  facts: Facts,
  wanted: readonly WantedNode[],
): ReadonlyMap<string, string> {
  const packages = new Map(
    Object.entries(facts.packages?.current?.record.nodes ?? {}).map(([folder, found]) => [
      folder.toLowerCase(),
      found,
    ]),
  )
  const why = (node: WantedNode): string | undefined => {
    if (!node.enabled) return `is switched off in ${node.from}`
    const unmet = unmetCondition(node, settings, facts)
    if (unmet !== undefined) return `is only for ${FOR[unmet]}`
    return packages.get(node.folder.toLowerCase())?.failure === undefined
      ? undefined
      : 'lacks packages that it requires'
  }
  return new Map(
    wanted.flatMap((node) => {
      const reason = why(node)
      return reason === undefined ? [] : [[node.folder, reason] as const]
    }),
  )
}
