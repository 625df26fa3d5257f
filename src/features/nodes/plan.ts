import { IMAGE_NODES, type Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../engine/plan.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { cloneNode } from './clone-node.ts'
import { decideNodeLinks } from './image-nodes.ts'
import { linkNodes } from './link-nodes.ts'
import { readNodeList } from './node-list.ts'
import { holdsNode } from './presence.ts'
import type { Wanted } from './wanted.ts'

/** Links the nodes that the image brings into custom_nodes. Pure. */
export function planImageNodes(settings: Settings, facts: Facts, places: Places): Plan {
  const links = decideNodeLinks(facts, places)
  const nothing = links.make.length === 0 && links.remove.length === 0
  return joinPlans(
    nothing ? steps() : steps(linkNodes(places.customNodes, links)),
    missingFolder(settings.nodesFolder, facts),
  )
}

/** Checks out what is wanted and nowhere yet, or wanted otherwise than it is. Pure. */
export function planCheckouts(
  settings: Settings,
  facts: Facts,
  { places }: { readonly places: Places; readonly wanted: Wanted },
): Plan {
  const { wanted, problems } = readNodeList(settings.nodes ?? ['ComfyUI-Manager', 'comfyui_controlnet_aux'])
  const folders = facts.nodes.filter(({ path }) => inUse(path, settings, { facts, places }))
  const absent = wanted.filter(({ name }) => !folders.some((folder) => holdsNode(folder, name)))
  return { steps: absent.map((node) => cloneNode(node, places)), problems }
}

type World = { readonly facts: Facts; readonly places: Places }

// The image tree's own nodes count while they are linked (link), or come along with the tree that is still to be copied.
function inUse(path: string, settings: Settings, { facts, places }: World): boolean {
  const { image, workspace } = facts
  if (path === places.customNodes || path === IMAGE_NODES || path === settings.nodesFolder) return true
  const comes = places.mode === 'link' || workspace.tree.state !== 'ours'
  return image !== undefined && path === `${image.path}/custom_nodes` && comes
}

function missingFolder(nodesFolder: string | undefined, facts: Facts): Plan {
  if (nodesFolder === undefined || facts.folders.has(nodesFolder)) return steps()
  return problems(new Problem('NODES_FOLDER_ABSENT', { path: nodesFolder }))
}
