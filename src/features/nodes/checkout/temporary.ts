import type { Code, Problem } from '../../../base/problem.ts'

/** Whether the next start is to try again by itself: what waits for the network, for room, or for somebody elsewhere. */
export function isTemporary({ code }: Pick<Problem, 'code'>): boolean {
  return !LASTING.has(code)
}

/** The same again comes of asking for the same again. */
const LASTING: ReadonlySet<Code> = new Set<Code>([
  'NODE_REF_ABSENT',
  'NODE_NOT_IN_REGISTRY',
  'NODE_ARCHIVE_CHANGED',
  'NODE_ARCHIVE_BAD',
  'NODE_LINK_LEAVES',
  'NODE_CHANGED_LOCALLY',
])
