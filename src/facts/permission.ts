import type { FileEntry } from '../host/fs.ts'
import type { Ids } from '../host/users.ts'

/** Whether the mode bits let this person write to, or run, what lies there. Knows no access lists, mounts or folders above. */
export function may(ids: Ids, act: 'write' | 'run', entry: FileEntry): boolean {
  const bit = act === 'write' ? 0o2 : 0o1
  if (ids.uid === 0) return act === 'write' || (entry.mode & 0o111) !== 0
  return ((entry.mode >> shiftFor(ids, entry)) & bit) !== 0
}

function shiftFor(ids: Ids, entry: FileEntry): number {
  if (entry.uid === ids.uid) return 6
  return entry.gid === ids.gid || ids.groups.includes(entry.gid) ? 3 : 0
}
