import { shortList } from '../../base/text.ts'
import { isOlderThan } from '../../base/version-order.ts'
import type { Facts, ImageTree } from '../../facts/facts.ts'
import { missingFor, needOf } from '../../facts/room.ts'
import type { Marker } from '../../facts/tree-facts.ts'
import type { Settings } from '../../settings/settings.ts'

/**
 * What becomes of the ComfyUI in the workspace: `same` as the image's, or nothing to compare with; `upgrade` to the image's;
 * `back` to the previous one, which needs no copy; `keep`, although the image has another one, for a reason to be told; one that `lasts`
 * took a walk through the tree to find, and is noted, so that the next start need not walk again.
 */
export type UpgradeChoice =
  | { readonly act: 'same' }
  | { readonly act: 'upgrade'; readonly image: ImageTree; readonly isOlder: boolean }
  | { readonly act: 'back'; readonly previous: Marker; readonly isOlder: boolean }
  | { readonly act: 'keep'; readonly image: ImageTree; readonly why: string; readonly lasts?: true }

/** Decides it for a tree of ours. What a person asked for comes first, then the setting, then whether anything of theirs is at stake. */
export function decideUpgrade(
  settings: Settings,
  { image, workspace, adopted }: Facts,
  marker: Marker,
): UpgradeChoice {
  const { wish, previous, declined } = workspace.trees
  // Somebody may have pulled another version into the tree since.
  const version = adopted?.version ?? marker.version
  const isLinked = workspace.tree.state === 'ours' && workspace.tree.isLinked
  if (wish === 'rollback' && previous !== undefined && !isLinked) return back(previous, version)
  if (image === undefined || image.place === 'link' || image.identity === marker.image) return { act: 'same' }
  const keep = (why: string) => ({ act: 'keep', image, why }) as const
  if (isLinked)
    return keep('ComfyUI’s folder in the workspace is a link, and what it leads to is not ours to move')
  const isOlder = isOlderThan(image.version, version)
  const take = (): UpgradeChoice =>
    previous?.image === image.identity ? back(previous, version) : { act: 'upgrade', image, isOlder }
  if (wish === 'upgrade') return take()
  const isDeclined = declined?.image === image.identity
  if (isDeclined && (declined.by === 'rollback' || settings.upgrade !== 'auto')) return keep(declined.why)
  if (previous?.image !== image.identity && !hasRoom(image, workspace))
    return keep('there is no room for both')
  switch (settings.upgrade) {
    case 'keep':
      return keep('COMFY_UPGRADE is keep')
    case 'ask':
      return keep('COMFY_UPGRADE is ask')
    case 'auto':
      return take()
    case undefined:
  }
  if (isOlder) return keep('it is older')
  if (marker.importedFrom !== undefined) return keep('another image had left it here')
  const why = whyChanged(workspace.changes)
  return why === undefined ? take() : { ...keep(why), lasts: true }
}

// Nobody asked for it by name, so the lack of room is no reason not to start. What is staged already has its room.
function hasRoom({ size }: ImageTree, { space, trees }: Facts['workspace']): boolean {
  if (size === undefined || space === undefined || trees.isStaged) return true
  const { bytes, files } = missingFor(needOf({ tree: size }), space)
  return bytes === 0 && files === 0
}

function back(previous: Marker, version: string | undefined): UpgradeChoice {
  return { act: 'back', previous, isOlder: isOlderThan(previous.version, version) }
}

function whyChanged(changes: Facts['workspace']['changes']): string | undefined {
  if (changes === 'unknown' || changes === undefined) return 'nobody knows which of its files you changed'
  return changes.changed.length === 0 ? undefined : `you changed ${shortList(changes.changed)}`
}
