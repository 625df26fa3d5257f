import type { Places } from '../../../base/layout.ts'
import type { WantedNode } from '../../../base/node.ts'
import type { Facts } from '../../../facts/facts.ts'
import { holdsNode } from '../presence.ts'

/** What the node is called, whichever way it comes. */
export const MANAGER = 'ComfyUI-Manager'

/** Its repository, under its present and its former owner. */
const ADDRESS = /^https:\/\/github\.com\/(Comfy-Org|ltdrdata)\/ComfyUI-Manager(\.git)?$/i

/**
 * True where ComfyUI-Manager is wanted and this ComfyUI has it as a package of its own, switched on by --enable-manager: there
 * is nothing to check out then. One that lies in custom_nodes already, or is pinned to a ref, goes before it. Pure.
 */
export function isBuiltInManager(
  { source, enabled }: WantedNode,
  { image, adopted, nodes, packages }: Pick<Facts, 'image' | 'adopted' | 'nodes' | 'packages'>,
  { mode, customNodes }: Pick<Places, 'mode' | 'customNodes'>,
): boolean {
  // Its package could not be installed, nor looked for.
  if (packages === undefined) return false
  if (!enabled || source.kind !== 'git' || source.ref !== undefined || !ADDRESS.test(source.url)) return false
  const running = mode === 'move' ? (adopted ?? image) : image
  const knows = running?.flags.has('--enable-manager') === true && running.managerRequirements !== undefined
  const own = nodes.find(({ path }) => path === customNodes)
  return knows && (own === undefined || !holdsNode(own, MANAGER))
}

/** Its package, as installers call it. */
const PACKAGE = 'comfyui-manager'

/** Whether ComfyUI is to switch on the ComfyUI-Manager that it has as a package: it is wanted so, and the package is there. Pure. */
export function startsManager(
  facts: Pick<Facts, 'image' | 'adopted' | 'nodes' | 'packages'>,
  places: Pick<Places, 'mode' | 'customNodes'>,
  wanted: readonly WantedNode[],
): boolean {
  const { packages } = facts
  if (packages === undefined || !wanted.some((each) => isBuiltInManager(each, facts, places))) return false
  const added = packages.current?.record.packages.some(({ name }) => name === PACKAGE) ?? false
  return added || packages.versions.has(PACKAGE)
}
