import { layoutOf } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Marker, Wish } from '../../facts/tree-facts.ts'
import { decideUpgrade } from '../../features/workspace/decide-upgrade.ts'
import { decidePlaces } from '../../features/workspace/places.ts'
import type { Settings } from '../../settings/settings.ts'
import { refuseUnlessOurs } from './our-tree.ts'

/** What an act would come to. `from` and `to` are versions, or what a ComfyUI without one is known by. */
export type Goal =
  | { readonly state: 'switch'; readonly from: string; readonly to: string }
  /** The workspace has the image’s; this container’s was moved there and it has no other; or its image has none. */
  | { readonly state: 'same' | 'image-is-moved' | 'no-image'; readonly from: string }

/** What asking for an upgrade or a rollback comes to. Pure. Throws what stands in its way: NO_TREE_TO_CHANGE, NO_PREVIOUS_TREE. */
export function goalOf(settings: Settings, facts: Facts, act: Wish): Goal {
  const { workspace, image } = facts
  const { home: path } = layoutOf(workspace.path)
  const marker = refuseUnlessOurs(workspace, act)
  const from = nameOf(marker)
  const refuse = (because: string): never => {
    throw new Problem('NO_TREE_TO_CHANGE', { act, path, because })
  }
  const { mode, reason, code } = decidePlaces(settings, facts)
  if (mode === 'link') return refuse(`It is not what runs: ComfyUI starts from ${code}, since ${reason}.`)
  if (workspace.tree.state === 'ours' && workspace.tree.isLinked)
    return refuse('It is a link, and what it leads to is not ours to move.')
  if (act === 'rollback' && workspace.trees.previous === undefined)
    throw new Problem('NO_PREVIOUS_TREE', { path })
  const choice = decideUpgrade(settings, withWish(facts, act), marker)
  switch (choice.act) {
    case 'same':
      if (image === undefined) return { state: 'no-image', from }
      return { state: image.place === 'link' ? 'image-is-moved' : 'same', from }
    case 'upgrade':
      return { state: 'switch', from, to: choice.image.version ?? choice.image.identity }
    case 'back':
      return { state: 'switch', from, to: nameOf(choice.previous) }
    case 'keep':
      return refuse(`It is kept because ${choice.why}.`)
  }
}

/** What a ComfyUI is called: its version, or what it is known by. */
export function nameOf({ version, image }: Pick<Marker, 'version' | 'image'>): string {
  return version ?? image
}

function withWish(facts: Facts, wish: Wish): Facts {
  const { workspace } = facts
  return { ...facts, workspace: { ...workspace, trees: { ...workspace.trees, wish } } }
}
