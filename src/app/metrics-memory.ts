import { type GroupHost, livingMembers } from '../features/supervise/group.ts'
import type { Host } from '../host/host.ts'
import { type Metric, metric, type Sample } from './metrics-names.ts'
import type { Status } from './status.ts'

/** What of the Host is needed to measure memory. */
export type MemoryHost = GroupHost & Pick<Host, 'self'>

/** Resident memory: ours, and that of each service's process group. */
export async function memoryMetrics(host: MemoryHost, { services }: Status): Promise<readonly Metric[]> {
  const groups = services.flatMap(({ name, pid }) =>
    pid === undefined ? [] : [groupSample(host, name, pid)],
  )
  return [
    metric('service_resident_memory_bytes', await Promise.all(groups)),
    metric('resident_memory_bytes', [{ value: await residentBytes(host, host.self.pid) }]),
  ]
}

async function groupSample(host: GroupHost, service: string, pid: number): Promise<Sample> {
  const members = await livingMembers(host, pid)
  const each = await Promise.all(members.map((member) => residentBytes(host, member)))
  return { labels: { service }, value: each.reduce((sum, bytes) => sum + bytes, 0) }
}

// A process that ends while it is read gives ESRCH, and counts for nothing.
async function residentBytes(host: GroupHost, pid: number): Promise<number> {
  const text = await host.fs.readText(`/proc/${pid}/status`).catch(() => undefined)
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text ?? '')?.[1] ?? 0) * 1024
}
