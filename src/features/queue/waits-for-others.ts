import type { Fs } from '../../host/fs.ts'
import { type Member, membersOf, readProc } from './members.ts'

/**
 * Whether a process of a group holds a TCP connection that it opened itself: it may be waiting for an answer that another
 * machine needs long for, as nodes do that only pass work on. Source: proc_pid_net(5).
 */
export async function waitsForOthers(fs: Fs, group: number): Promise<boolean> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readProc(fs, `/proc/${group}/net/${name}`)))
  const opened = openedIn(tables.map((table) => table ?? '').join('\n'))
  if (opened.size === 0) return false
  const held = await Promise.all((await membersOf(fs, group)).map((member) => socketsOf(fs, member)))
  return held.flat().some((inode) => opened.has(inode))
}

const ESTABLISHED = '01'
const LISTENING = '0A'

/** Inodes of the established connections whose own port nobody listens on: the others came from outside. */
export function openedIn(table: string): ReadonlySet<string> {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
  const portOf = (row: readonly string[]) => row[1]?.split(':')[1]
  const served = new Set(rows.filter((row) => row[3] === LISTENING).map(portOf))
  const opened = rows.filter((row) => row[3] === ESTABLISHED && !served.has(portOf(row)))
  return new Set(opened.flatMap((row) => row[9] ?? []))
}

async function socketsOf(fs: Fs, { pid }: Member): Promise<readonly string[]> {
  const names = (await fs.list(`/proc/${pid}/fd`).catch(() => undefined)) ?? []
  const links = await Promise.all(
    names.map((name) => fs.readLink(`/proc/${pid}/fd/${name}`).catch(() => undefined)),
  )
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1] ?? [])
}
