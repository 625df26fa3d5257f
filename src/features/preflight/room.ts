import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import { missingFor, needOf } from '../../facts/room.ts'
import type { Settings } from '../../settings/settings.ts'

/** A folder that takes no file for want of room has said so already. */
const SAID = new Set(['ENOSPC', 'EDQUOT'])

/** The workspace must have room for what this boot will write: refused before the first byte, with the numbers. */
export function checkRoom(_: Settings, { image, workspace }: Facts, { copies }: Places): readonly Problem[] {
  const { path, space, abilities, tree, trees } = workspace
  if (space === undefined || SAID.has(abilities?.create ?? '')) return []
  // What a cut copy holds is gone on with or given back, so what is free now says nothing about it.
  if (tree.state === 'torn' || (copies && trees.isStaged)) return []
  const moves = copies && image?.size !== undefined
  const need = needOf(moves ? { tree: image.size } : undefined)
  const missing = missingFor(need, space)
  const { freeBytes, freeInodes: freeFiles = 0 } = space
  // Without room for another ComfyUI the one that is there still starts.
  const level = moves && tree.state === 'ours' ? 'warning' : 'blocking'
  const { bytes: needBytes, files: needFiles } = need
  return [
    ...(missing.bytes > 0 ? [new Problem('NO_ROOM', { path, needBytes, freeBytes, moves }, { level })] : []),
    ...(missing.files > 0
      ? [new Problem('NO_INODES', { path, needFiles, freeFiles, moves }, { level })]
      : []),
  ]
}
