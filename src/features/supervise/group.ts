import type { Host } from '../../host/host.ts'

/** What of the Host is needed to know a group. */
export type GroupHost = Pick<Host, 'fs' | 'signals' | 'clock'>

/**
 * The living members of a process group. Zombies do not count: kill(2) still finds them, and where nobody reaps they
 * stay for ever. Ask only while the group's number cannot have been given to another (its leader's end is not yet told,
 * or a member was left a moment ago).
 */
export async function livingMembers(host: GroupHost, group: number): Promise<readonly number[]> {
  if (!host.signals.send(-group, 0)) return []
  const found = await scan(host, group)
  if (found.length > 0) return found
  // A member may have forked and ended between the listing and its reading; its child is in the second listing.
  return scan(host, group)
}

/** Pause between two looks at a group that is being ended: soon enough for every ladder, rare for what nothing ends; ms. */
const EAGER_MS = 25
const CALM_MS = 500
const EAGER_FOR_MS = 15_000

/** Resolves with true once no living process is left in the group; with false when the signal is aborted before. */
export async function untilEmpty(host: GroupHost, group: number, signal: AbortSignal): Promise<boolean> {
  let known: readonly number[] = []
  const startMs = host.clock.monotonicMs()
  while (!signal.aborted) {
    // Reading the members that were seen last is enough while one of them lives: a full listing only proves the end.
    known = await livingOf(host, group, known)
    if (known.length === 0) known = await livingMembers(host, group)
    if (known.length === 0) return true
    const eager = host.clock.monotonicMs() - startMs < EAGER_FOR_MS
    await host.clock.sleep(eager ? EAGER_MS : CALM_MS, signal)
  }
  return false
}

async function scan(host: GroupHost, group: number): Promise<readonly number[]> {
  const names = (await host.fs.list('/proc')) ?? []
  return livingOf(host, group, names.map(Number).filter(Number.isInteger))
}

async function livingOf(host: GroupHost, group: number, pids: readonly number[]): Promise<readonly number[]> {
  const living = await Promise.all(pids.map((pid) => livesIn(host, group, pid)))
  return pids.filter((_, at) => living[at])
}

async function livesIn(host: GroupHost, group: number, pid: number): Promise<boolean> {
  // A process that ends while it is read gives ESRCH: it is gone.
  const stat = await host.fs.readText(`/proc/${pid}/stat`).catch(() => undefined)
  if (stat === undefined) return false
  // pid (name) state ppid pgrp …; the name may hold blanks and brackets of its own
  const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(pgrp) === group && state !== 'Z' && state !== 'X'
}
