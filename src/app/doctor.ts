import type { ProblemText } from '../base/problem.ts'
import type { Facts } from '../facts/facts.ts'
import type { Host } from '../host/host.ts'
import { consider } from './consider.ts'
import type { Input } from './input.ts'

/** What the machine is like and what is wrong with it. */
export type DoctorView = {
  readonly facts: Facts
  readonly processes: Processes
  readonly problems: readonly ProblemText[]
}

/** What runs as PID 1, by name, and how many processes ended that nobody reaped. */
export type Processes = { readonly first: string | undefined; readonly zombies: number }

/** Reads the machine and judges it, and changes nothing. */
export async function doctor(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<DoctorView> {
  const { facts, problems } = await consider(host, input)
  return { facts, processes: await countProcesses(host), problems }
}

async function countProcesses({ fs }: Host): Promise<Processes> {
  const pids = ((await fs.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => fs.readText(`/proc/${pid}/stat`).catch(() => undefined)))
  const first = await fs.readText('/proc/1/comm').catch(() => undefined)
  return {
    first: first?.trim(),
    zombies: stats.filter((stat) => stat !== undefined && isZombie(stat)).length,
  }
}

// pid (name) state …; the name may hold brackets of its own
function isZombie(stat: string): boolean {
  return stat.charAt(stat.lastIndexOf(')') + 2) === 'Z'
}
