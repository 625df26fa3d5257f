import { within } from './at-path.ts'
import type { Folder, Listed } from './calls.ts'
import { checkpoint, mayShare } from './control.ts'
import { below } from './names.ts'
import { retried, type Thread } from './thread.ts'

/** Visits folders and all below them; `visit` gets each open folder with its entries. Gives folders to threads that have none. */
export function wander(
  thread: Thread,
  { root, paths }: { readonly root: Folder; readonly paths: readonly string[] },
  visit: (folder: Folder, path: string, entries: readonly Listed[]) => void,
): void {
  const { calls, assignment, say } = thread
  const waiting = [...paths]
  const skip = new Set(assignment.skip)
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const at = path
    checkpoint(assignment.control)
    const folders = retried(thread, () =>
      within(calls, calls.openFolder(root, at), (folder) => {
        const entries = calls
          .list(folder)
          .filter(({ name }) => !skip.has(below(at, name.text)))
          .map((each) => ({ ...each, kind: each.kind ?? calls.look(folder, each.name).kind }))
          .sort((a, b) => a.inode - b.inode)
        visit(folder, at, entries)
        return entries.filter(({ kind }) => kind === 'folder')
      }),
    )
    waiting.push(...folders.map(({ name }) => below(at, name.text)).reverse())
    if (waiting.length >= 2 && mayShare(assignment.control))
      say({ kind: 'share', jobs: [{ kind: 'folders', paths: waiting.splice(0, waiting.length >> 1) }] })
  }
}
