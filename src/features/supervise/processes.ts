import type { Host } from '../../host/host.ts'

/** A process that is no zombie: its parent, and when it began, in ticks of 10 ms since the machine's start. */
export type Process = {
  readonly pid: number
  readonly parent: number
  readonly startTicks: number
  readonly name: string
}

/** All processes of this PID namespace. */
export async function listProcesses({ fs }: Pick<Host, 'fs'>): Promise<readonly Process[]> {
  const pids = ((await fs.list('/proc').catch(() => undefined)) ?? []).map(Number).filter(Number.isInteger)
  const found = await Promise.all(pids.map((pid) => lookAt({ fs }, pid)))
  return found.filter((each) => each !== undefined)
}

async function lookAt({ fs }: Pick<Host, 'fs'>, pid: number): Promise<Process | undefined> {
  // A process that ends while it is read gives ESRCH: it is gone.
  const stat = await fs.readText(`/proc/${pid}/stat`).catch(() => undefined)
  if (stat === undefined) return undefined
  // pid (name) state ppid …, the 22nd is the start; the name may hold blanks and brackets of its own
  const [from, to] = [stat.indexOf('('), stat.lastIndexOf(')')]
  const [state, parent, ...rest] = stat.slice(to + 2).split(' ')
  if (state === 'Z' || state === 'X') return undefined
  return { pid, parent: Number(parent), startTicks: Number(rest[17]), name: stat.slice(from + 1, to) }
}
