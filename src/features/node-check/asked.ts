import type { Places } from '../../base/layout.ts'
import type { ImportRecord, WantedNode } from '../../base/node.ts'
import { textDigest } from '../../base/text-digest.ts'
import type { Facts } from '../../facts/facts.ts'
import { usesGpu } from '../../facts/gpu-use.ts'
import { isOfThisStart } from '../../facts/of-this-start.ts'
import type { Settings } from '../../settings/settings.ts'
import { unwanted } from './unwanted.ts'

/** What is to be known of nodes beside settings and facts. */
export type AboutNodes = { readonly places: Places; readonly wanted: readonly WantedNode[] }

/** Folders in which ComfyUI looks for custom nodes. */
export function nodeFolders(settings: Settings, { customNodes }: Places): readonly string[] {
  const { nodesFolder } = settings
  return nodesFolder === undefined || nodesFolder === customNodes ? [customNodes] : [customNodes, nodesFolder]
}

/**
 * Digest of all that an import depends on: which nodes are loaded and what their files say, the overlay, ComfyUI, and whether
 * there is a GPU. Pure.
 */
export function importsAsked(settings: Settings, facts: Facts, { places, wanted }: AboutNodes): string {
  const leave = unwanted(settings, facts, wanted)
  const folders = nodeFolders(settings, places)
  const nodes = facts.nodes
    .filter(({ path }) => folders.includes(path))
    .flatMap(({ nodes }) => nodes)
    .filter(({ name }) => !leave.has(name))
    .map(({ name, linkTarget, stamps }) => [
      name,
      linkTarget,
      stamps?.code,
      stamps?.requirements,
      stamps?.install,
    ])
  const source = facts.adopted ?? facts.image
  const asked = [nodes, facts.packages?.current?.path, source?.identity, usesGpu(settings, facts)]
  return textDigest(JSON.stringify(asked))
}

/**
 * The kept record while it still says something about the nodes that are there. One that this very start made counts in any
 * case: a node that changes its own files while it is imported would be imported for ever. Pure.
 */
export function currentImports(
  settings: Settings,
  facts: Facts,
  about: AboutNodes,
): ImportRecord | undefined {
  const record = facts.nodeRecords.imports
  if (record === undefined || !settings.nodeCheck) return undefined
  if (isOfThisStart(record, facts) || record.asked === importsAsked(settings, facts, about)) return record
  return undefined
}
