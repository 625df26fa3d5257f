import type { Places } from '../../base/layout.ts'
import type { PackageSource, WantedNode } from '../../base/node.ts'
import type { Facts } from '../../facts/facts.ts'
import type { NodeFolder } from '../../facts/folder-facts.ts'
import { unmetCondition } from '../../facts/node-conditions.ts'
import type { Settings } from '../../settings/settings.ts'
import { isBuiltInManager } from './manager/is-built-in.ts'
import type { Wanted } from './wanted.ts'

type About = { readonly places: Places; readonly wanted: Wanted }

/**
 * Every node that ComfyUI would load, also those that nobody asked us for: their packages vanish with the container otherwise.
 * Wanted ones first, in their order; then the others by name. Pure.
 */
export function packageSources(
  settings: Settings,
  facts: Facts,
  { places, wanted }: About,
): readonly PackageSource[] {
  const manager = wanted.nodes.find((each) => isBuiltInManager(each, facts, places))
  const there = facts.nodes.filter(({ path }) => path === places.customNodes || path === settings.nodesFolder)
  const found = there.flatMap(({ path, nodes }) =>
    nodes.map((node) => ({ node, path: `${path}/${node.name}` })),
  )
  const asked = new Map(wanted.nodes.map((node, order) => [node.folder.toLowerCase(), { node, order }]))
  const orderOf = (name: string) => asked.get(name.toLowerCase())?.order ?? wanted.nodes.length
  const ordered = found
    .filter(({ node }) => isLoaded(asked.get(node.name.toLowerCase())?.node, settings, facts))
    .toSorted((a, b) => orderOf(a.node.name) - orderOf(b.node.name) || (a.node.name < b.node.name ? -1 : 1))
  return [
    ...(manager === undefined ? [] : [managerSource(manager, facts, places)]),
    ...ordered.map(({ node, path }) => sourceOf(path, node, asked.get(node.name.toLowerCase())?.node)),
  ]
}

function isLoaded(wanted: WantedNode | undefined, settings: Settings, facts: Facts): boolean {
  return wanted === undefined || (wanted.enabled && unmetCondition(wanted, settings, facts) === undefined)
}

function sourceOf(path: string, { name, stamps }: NodeFolder, wanted: WantedNode | undefined): PackageSource {
  const { requirements, env = {}, required = false } = wanted ?? {}
  const script = stamps?.install === undefined ? undefined : `${path}/install.py`
  return {
    folder: name,
    path,
    requirementFiles: stamps?.requirements === undefined ? [] : [`${path}/requirements.txt`],
    requirements,
    script,
    env,
    required,
    stamp: JSON.stringify([stamps?.requirements, stamps?.install, requirements, script && env]),
  }
}

function managerSource(wanted: WantedNode, { image, adopted }: Facts, { code }: Places): PackageSource {
  return {
    folder: wanted.folder,
    path: code,
    requirementFiles: [`${code}/manager_requirements.txt`],
    requirements: wanted.requirements,
    script: undefined,
    env: wanted.env,
    required: wanted.required,
    stamp: JSON.stringify([(adopted ?? image)?.managerRequirements, wanted.requirements]),
  }
}
