import type { ProblemKind } from './problem.ts'

/** Exit codes by kind of problem (numbers of BSD's sysexits); 125–127 stay the container runtime's. */
const BY_KIND: Readonly<Record<ProblemKind, number>> = {
  usage: 64,
  environment: 69,
  bug: 70,
  temporary: 75,
  settings: 78,
}

/** Exit code of a program that cannot be started, docs.docker.com/engine/containers/run/#exit-status. */
export const NOT_EXECUTABLE = 126

/** Exit code of a program that is not found, from the same list. */
export const NOT_FOUND = 127

/** Exit code of a refusal that holds problems of these kinds: the gravest decides (bug, settings, environment, …). */
export function exitCodeOf(kinds: readonly ProblemKind[]): number {
  const gravest = (['bug', 'usage', 'settings', 'environment', 'temporary'] as const).find((kind) =>
    kinds.includes(kind),
  )
  return gravest === undefined ? 0 : BY_KIND[gravest]
}

/** How a process ended: its own code, or the signal that ended it. */
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** Exit code that a shell and a container runtime give to an ending: its own, or 128 + the signal's number. */
export function exitCodeOfEnding(ending: Ending, signalNumber: (name: NodeJS.Signals) => number): number {
  if (ending.signal !== null) return 128 + signalNumber(ending.signal)
  return ending.code ?? BY_KIND.bug
}
