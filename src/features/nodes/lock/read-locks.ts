import type { NodesLock } from '../../../base/node.ts'
import type { Problem } from '../../../base/problem.ts'
import type { NodeRecords } from '../../../facts/node-facts.ts'
import { parseLock } from './parse-lock.ts'

/** The locks in their files’ texts, in order; one that cannot be read is a problem and does not count. Pure. */
export function readLocks(files: NodeRecords['locks']): {
  readonly locks: readonly NodesLock[]
  readonly problems: readonly Problem[]
} {
  const read = files.map(({ text, path }) => parseLock(text, path))
  return {
    locks: read.flatMap((each) => ('lock' in each ? [each.lock] : [])),
    problems: read.flatMap((each) => ('problem' in each ? [each.problem] : [])),
  }
}
