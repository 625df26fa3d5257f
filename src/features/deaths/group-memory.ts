import type { Host } from '../../host/host.ts'

/** Resident memory of process groups, bytes by the group's number. */
export type GroupMemory = (groups: readonly number[]) => Promise<ReadonlyMap<number, number>>

/**
 * Reads the memory of groups from /proc again and again. Whoever was found in no group asked for is not read again while
 * its number is listed: most processes of a machine are none of ours.
 */
export function groupMemory({ fs }: Pick<Host, 'fs'>): GroupMemory {
  let strangers: ReadonlySet<number> = new Set()
  let asked = ''
  return async (groups) => {
    // Another group's members may be among those who were strangers so far.
    if (asked !== groups.join()) strangers = new Set()
    asked = groups.join()
    const names = (await fs.list('/proc').catch(() => undefined)) ?? []
    const pids = names.map(Number).filter((pid) => Number.isInteger(pid))
    const found = new Map(groups.map((group) => [group, 0]))
    const strange = new Set<number>()
    for (const pid of pids) {
      const group = strangers.has(pid) ? undefined : await groupOf(fs, pid)
      const bytes = group === undefined ? undefined : found.get(group)
      if (group === undefined || bytes === undefined) strange.add(pid)
      else found.set(group, bytes + (await residentBytes(fs, pid)))
    }
    strangers = strange
    return found
  }
}

// pid (name) state ppid pgrp …; the name may hold blanks and brackets of its own
async function groupOf(fs: Host['fs'], pid: number): Promise<number | undefined> {
  const stat = await fs.readText(`/proc/${pid}/stat`).catch(() => undefined)
  const group = stat?.slice(stat.lastIndexOf(')') + 2).split(' ', 3)[2]
  return group === undefined ? undefined : Number(group)
}

async function residentBytes(fs: Host['fs'], pid: number): Promise<number> {
  const status = await fs.readText(`/proc/${pid}/status`).catch(() => undefined)
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status ?? '')?.[1] ?? 0) * 1024
}
