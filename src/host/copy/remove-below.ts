import { within } from './at-path.ts'
import type { Folder, Name } from './calls.ts'
import { checkpoint } from './control.ts'
import { below } from './names.ts'
import { codeOf } from './system-error.ts'
import type { Trees } from './trees.ts'

/** An entry of the target: its folder, its name there, its path below the whole tree. */
export type Doomed = { readonly folder: Folder; readonly name: Name; readonly path: string }

/** Removes what lies at the target and is not wanted there; what is to be left alone stays, and the folders that lead there. */
export function removeBelow(trees: Trees, { folder, name, path }: Doomed): void {
  const { calls, skip, assignment } = trees
  checkpoint(assignment.control)
  if (skip.has(path)) return
  if (calls.look(folder, name).kind !== 'folder') {
    calls.removeFile(folder, name)
    return
  }
  within(calls, openAnyway(trees, folder, name), (opened) => {
    for (const each of calls.list(opened))
      removeBelow(trees, { folder: opened, name: each.name, path: below(path, each.name.text) })
  })
  if (![...skip].some((kept) => kept.startsWith(`${path}/`))) calls.removeFolder(folder, name)
}

// A copy of a folder that even its owner may not enter is as closed.
function openAnyway({ calls }: Trees, folder: Folder, name: Name): Folder {
  try {
    return calls.openFolder(folder, name.text)
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error
    calls.setModeOf(folder, name, 0o700)
    return calls.openFolder(folder, name.text)
  }
}
