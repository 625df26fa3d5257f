import { withBoth } from './at-path.ts'
import type { Found, Name } from './calls.ts'
import { checkpoint, count } from './control.ts'
import type { Sides } from './copy-entry.ts'
import { isSame, setModeAsFar } from './thread.ts'
import type { Trees } from './trees.ts'
import type { Visit } from './visit.ts'

/** An entry of the source; `links` is how many names its copy may have. */
type Entry = { readonly name: Name; readonly found: Found; readonly links?: number }

/**
 * Whether a file or link lies at the target as it lies at the source: same kind, size and time, and where wanted the same
 * bytes. What is there is counted and gets the source's permission bits.
 */
export function isThere(
  trees: Trees,
  sides: Sides & Pick<Visit, 'there'>,
  { name, found, links = 1 }: Entry,
): boolean {
  const { calls, assignment } = trees
  if (!sides.there?.has(name.text)) return false
  const target = calls.look(sides.to, name)
  if (target.kind !== found.kind || target.links > links || !isSame(found, target)) return false
  if (found.kind === 'link' && !calls.readLink(sides.from, name).equals(calls.readLink(sides.to, name)))
    return false
  const isDoubtful = assignment.resume === 'content' || target.hasOwnTime
  if (found.kind === 'file' && isDoubtful && !haveSameBytes(trees, sides, name)) return false
  if (found.kind === 'file' && target.mode !== found.mode)
    setModeAsFar(() => calls.setModeOf(sides.to, name, found.mode))
  count(assignment.control, assignment.thread, {
    files: 1,
    bytes: found.kind === 'file' ? found.bytes : 0,
    kept: 1,
  })
  return true
}

/** Whether two files of the same size hold the same bytes. */
export function haveSameBytes({ calls, buffer, assignment }: Trees, sides: Sides, name: Name): boolean {
  const [left, right] = [buffer.subarray(0, buffer.length >> 1), buffer.subarray(buffer.length >> 1)]
  const opens = [() => calls.openFile(sides.from, name), () => calls.openFile(sides.to, name)] as const
  return withBoth(calls, opens, (from, to) => {
    for (let at = 0; ; ) {
      checkpoint(assignment.control)
      const bytes = calls.read(from, left, at)
      if (calls.read(to, right, at) !== bytes) return false
      if (bytes === 0) return true
      if (!left.subarray(0, bytes).equals(right.subarray(0, bytes))) return false
      at += bytes
    }
  })
}
