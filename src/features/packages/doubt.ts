import type { Outcome } from './installer.ts'
import type { Workbench } from './workbench.ts'

/** With less room than this on its filesystem a full disk is believed. */
const LEAST_ROOM = 64 * 1024 * 1024

/**
 * Settles an outcome that the build of one package may have brought about: a time-out, a signal, a full disk. Where the same
 * without any build has an answer, neither the machine nor the index is at fault.
 */
export async function withoutDoubt(
  { host, scratch }: Workbench,
  outcome: Outcome,
  withoutBuilds: () => Promise<Outcome>,
): Promise<Outcome> {
  if (outcome.kind === 'ok' || outcome.kind === 'unsolved' || outcome.inDoubt !== true) return outcome
  const space = await host.fs.space(scratch)
  if (space !== undefined && space.freeBytes < LEAST_ROOM) return outcome
  const { kind } = await withoutBuilds()
  if (kind === 'unreached' || kind === 'broken') return outcome
  return { kind: 'unsolved', said: outcome.said, isBuild: true }
}
