import type { Fs } from '../../host/fs.ts'
import { type Member, membersOf, readProc } from './members.ts'

/** What processes have done since they were started: processor time, pages fetched from a disk, bytes read and written. */
export type Effort = { readonly cpuMs: number; readonly faults: number; readonly bytes: number }

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock (USER_HZ). */
const MS_PER_TICK = 10

/**
 * What all members of a process group have done, children that ended included; undefined when there is none to be seen.
 * Source: proc_pid_stat(5), proc_pid_io(5); the latter may be closed to us and then counts as nothing.
 */
export async function effortOf(fs: Fs, group: number): Promise<Effort | undefined> {
  const members = await membersOf(fs, group)
  const efforts = await Promise.all(members.map((member) => effortOfMember(fs, member)))
  return efforts.length === 0 ? undefined : efforts.reduce(together)
}

async function effortOfMember(fs: Fs, { pid, fields }: Member): Promise<Effort> {
  const counts = (places: readonly number[]) => places.reduce((sum, at) => sum + Number(fields[at] ?? 0), 0)
  const io = (await readProc(fs, `/proc/${pid}/io`)) ?? ''
  const bytes = [...io.matchAll(/^[rw]char: (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
  return { cpuMs: counts(CPU_TIMES) * MS_PER_TICK, faults: counts(MAJOR_FAULTS), bytes }
}

// Own ones and those of children that were waited for.
const MAJOR_FAULTS = [9, 10]
const CPU_TIMES = [11, 12, 13, 14]

function together(one: Effort, other: Effort): Effort {
  return {
    cpuMs: one.cpuMs + other.cpuMs,
    faults: one.faults + other.faults,
    bytes: one.bytes + other.bytes,
  }
}
