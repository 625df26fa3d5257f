import type { Facts, ImageTree, WorkspaceTree } from '../../facts/facts.ts'
import type { Marker, SwitchRecord, TreesFacts } from '../../facts/tree-facts.ts'
import { type Difference, differencesOf } from '../../features/workspace/differences.ts'
import { decidePlaces } from '../../features/workspace/places.ts'
import type { Host } from '../../host/host.ts'
import { ask } from '../ask.ts'
import type { Input } from '../input.ts'
import { glance } from './glance.ts'
import { type Holder, lookHolder } from './holder.ts'
import { listChanges, listKeptTrees } from './kept-changes.ts'
import { type NextStart, nextStart } from './next-start.ts'

/** What lies in the workspace, and what becomes of it; JSON as it is. Paths have the workspace’s links resolved. */
export type WorkspaceView = {
  readonly path: string
  /** Where ComfyUI lies in it. */
  readonly home: string
  readonly state: WorkspaceTree['state']
  /** Names in a tree that is not ours. */
  readonly found: readonly string[]
  readonly comfyui: Marker | undefined
  readonly switching: SwitchRecord | undefined
  readonly image: Pick<ImageTree, 'path' | 'place' | 'identity' | 'version' | 'commit'> | undefined
  readonly differences: readonly Difference[]
  readonly nextStart: NextStart
  readonly previous: (Marker & { readonly path: string }) | undefined
  /** Folder of a copy that was begun and not put into its place. */
  readonly staged: string | undefined
  readonly wish: TreesFacts['wish']
  readonly declined: TreesFacts['declined']
  readonly holder: Holder | undefined
  /** Folders with what was changed in ComfyUI’s own code, kept from earlier upgrades. */
  readonly keptChanges: readonly string[]
  /** Trees that were put aside and that only a person removes. */
  readonly keptTrees: readonly string[]
}

/** Looks at the workspace without walking through it, and changes nothing. */
export async function workspaceStatus(
  host: Host,
  input: Pick<Input, 'flags' | 'comfyArgs'>,
): Promise<WorkspaceView> {
  const { settings } = await ask(host, input)
  const facts = await glance(host, settings)
  const { layout, ...places } = decidePlaces(settings, facts)
  const [holder, keptChanges, keptTrees] = await Promise.all([
    lookHolder(host, settings, layout),
    listChanges(host, layout),
    listKeptTrees(host, facts.workspace.trees.places),
  ])
  return {
    ...viewOf(facts, layout.home),
    nextStart: nextStart(settings, facts, { ...places, layout }),
    holder,
    keptChanges,
    keptTrees,
  }
}

function viewOf({ workspace, image, python }: Facts, home: string) {
  const { tree, trees, path } = workspace
  const comfyui = tree.state === 'ours' ? tree.marker : undefined
  const isAnother = comfyui !== undefined && image !== undefined && image.identity !== comfyui.image
  return {
    ...{ path, home, state: tree.state, comfyui },
    found: tree.state === 'foreign' ? tree.found : [],
    switching: tree.state === 'switching' ? tree.record : undefined,
    image: image && pick(image),
    differences: isAnother ? differencesOf(comfyui, image, python) : [],
    previous: trees.previous && { ...trees.previous, path: trees.places.previous.tree },
    staged: trees.isStaged ? trees.places.next.folder : undefined,
    wish: trees.wish,
    declined: trees.declined,
  }
}

function pick({ path, place, identity, version, commit }: ImageTree): WorkspaceView['image'] {
  return { path, place, identity, version, commit }
}
