import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

/** Bytes and files that a boot will make in the workspace. */
type Need = { readonly bytes: number; readonly files: number; readonly moves: boolean }

/** Logs, settings, ComfyUI's database: what any boot may write. */
const LITTLE: Need = { bytes: 50_000_000, files: 200, moves: false }

/** Blocks of a filesystem are larger than the bytes in them, and folders take some of their own. */
const BLOCK_LOSS = 1.05

/** A folder that takes no file for want of room has said so already. */
const SAID = new Set(['ENOSPC', 'EDQUOT'])

/** The workspace must have room for what this boot will write. */
export function checkRoom(_: Settings, facts: Facts, places: Places): readonly Problem[] {
  const { path, space, abilities } = facts.workspace
  if (space === undefined || SAID.has(abilities?.create ?? '')) return []
  const need = needOf(facts, places)
  const { freeBytes, freeInodes } = space
  return [
    ...(freeBytes < need.bytes
      ? [new Problem('NO_ROOM', { path, needBytes: need.bytes, freeBytes, moves: need.moves })]
      : []),
    ...(freeInodes !== undefined && freeInodes < need.files
      ? [new Problem('NO_INODES', { path, needFiles: need.files, freeFiles: freeInodes, moves: need.moves })]
      : []),
  ]
}

// A torn move holds room that its second try frees first, so what is free now says nothing about it.
function needOf({ image, workspace }: Facts, places: Places): Need {
  const first = workspace.tree.state === 'absent' || workspace.tree.state === 'empty'
  if (places.mode !== 'move' || !first || image?.size === undefined)
    return workspace.tree.state === 'torn' ? { bytes: 0, files: 0, moves: false } : LITTLE
  return {
    bytes: Math.ceil(image.size.bytes * BLOCK_LOSS) + LITTLE.bytes,
    files: image.size.files + LITTLE.files,
    moves: true,
  }
}
