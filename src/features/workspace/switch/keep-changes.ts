import { dirname } from 'node:path'
import { pathBytes } from '../../../base/tree-path.ts'
import { PENDING } from '../../../facts/trees-beside.ts'
import { keepSlot } from './kept-slot.ts'
import { isRefused, withRights } from './move-entry.ts'
import type { Switching } from './switch-trees.ts'

/** What `changes.json` says: which switch it was, and the files of ComfyUI's code that a person had changed, or put beside it. */
export type KeptChanges = {
  readonly from: string | undefined
  readonly to: string
  readonly files: readonly string[]
}

/**
 * Keeps what a person changed in ComfyUI's own code, as files: <workspace>/.comfy-init/changes/<time>/. Git makes a patch of
 * them later, where there is one; no program runs yet. What the person may not read is not copied, least of all by root into a
 * folder of theirs: the tree that it lies in is kept. A crash leaves a part, and the phase is done again.
 */
export async function keepChanges(
  { host, layout, trees, record }: Switching,
  files: readonly string[],
): Promise<void> {
  if (files.length === 0) return
  const folder = changesFolder(layout.changes, record.startedAt)
  for (const path of files) {
    const from = pathBytes(trees.retired.tree, path)
    const there = await withRights(host, () => host.fs.look(from))
    if (there === undefined) continue
    const parent = dirname(path)
    await host.fs.makeFolder(parent === '.' ? `${folder}/files` : pathBytes(`${folder}/files`, parent))
    await host.fs.copy(from, pathBytes(`${folder}/files`, path)).catch((error) => {
      if (!isRefused(error)) throw error
      return keepSlot(host, trees.retired, 'it holds changed files that you may not read')
    })
  }
  const kept: KeptChanges = { from: record.from, to: record.to, files }
  await host.fs.write(`${folder}/changes.json`, `${JSON.stringify(kept, undefined, 2)}\n`)
  await host.fs.write(`${trees.retired.folder}/${PENDING}`, `${JSON.stringify({ folder })}\n`)
}

/** The folder for what one switch left behind: `2026-11-21T14-03-22.000Z`, a name that every filesystem takes. */
export function changesFolder(changes: string, startedAt: string): string {
  return `${changes}/${startedAt.replaceAll(':', '-')}`
}
