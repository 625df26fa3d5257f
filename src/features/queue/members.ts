import type { Fs } from '../../host/fs.ts'

/** A process: its id, and the fields of its stat behind its name, counted from 0. */
export type Member = { readonly pid: string; readonly fields: readonly string[] }

/** Field of the process group. */
const PGRP = 2

/** The processes of a group, as /proc shows them; none where it is closed to us. Source: proc_pid_stat(5). */
export async function membersOf(fs: Fs, group: number): Promise<readonly Member[]> {
  const names = (await fs.list('/proc').catch(() => undefined)) ?? []
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((pid) => memberAt(fs, pid)))
  return all.flatMap((each) => (Number(each?.fields[PGRP]) === group && each !== undefined ? [each] : []))
}

async function memberAt(fs: Fs, pid: string): Promise<Member | undefined> {
  const stat = await readProc(fs, `/proc/${pid}/stat`)
  // pid (name) state ppid pgrp …; the name may hold blanks and brackets of its own
  return stat === undefined ? undefined : { pid, fields: stat.slice(stat.lastIndexOf(')') + 2).split(' ') }
}

/** A file of /proc; undefined where it is closed to us, or where its process ended while it was read (ESRCH). */
export function readProc(fs: Fs, path: string): Promise<string | undefined> {
  return fs.readText(path).catch(() => undefined)
}
