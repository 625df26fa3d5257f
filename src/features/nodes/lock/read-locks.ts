import type { NodesLock } from '../../../base/node.ts'
import type { Problem } from '../../../base/problem.ts'
import type { NodeRecords } from '../../../facts/node-facts.ts'
import { parseLock, type ReadLock } from './parse-lock.ts'

/** The locks in their files’ texts, in order; one that cannot be read is a problem and does not count. Pure. */
export function readLocks(files: NodeRecords['locks']): {
  readonly locks: readonly NodesLock[]
  readonly problems: readonly Problem[]
} {
  const read = files.map(readOnce)
  return {
    locks: read.flatMap((each) => ('lock' in each ? [each.lock] : [])),
    problems: read.flatMap((each) => ('problem' in each ? [each.problem] : [])),
  }
}

type LockFile = NodeRecords['locks'][number]

/** What the last text of each file was read as: a start decides several times, and checking a large lock takes milliseconds. */
const known = new Map<string, { readonly text: string; readonly read: ReadLock }>()

function readOnce({ text, path }: LockFile): ReadLock {
  const before = known.get(path)
  if (before?.text === text) return before.read
  const read = parseLock(text, path)
  known.set(path, { text, read })
  return read
}
