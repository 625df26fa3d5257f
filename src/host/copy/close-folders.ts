import { within } from './at-path.ts'
import { checkpoint } from './control.ts'
import type { Closing } from './jobs.ts'
import type { Trees } from './trees.ts'
import { closeFolder } from './visit.ts'

/** Gives folders their modes and times, now that nothing more comes into them. */
export function closeFolders(trees: Trees, folders: readonly Closing[]): void {
  const { calls, assignment } = trees
  for (const closing of folders) {
    checkpoint(assignment.control)
    within(calls, calls.openFolder(trees.from, closing.path), (from) =>
      within(calls, calls.openFolder(trees.to, closing.path), (to) =>
        closeFolder(trees, { from, to }, closing),
      ),
    )
  }
}
