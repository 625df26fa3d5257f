import type { Host } from '../host/host.ts'
import { memoryFiles } from './limits.ts'
import { orAbsent } from './or-absent.ts'

/** How often the kernel killed a process of this container for lack of memory, and how often the container's own limit was why. */
export type OomCount = {
  readonly kills: number
  /** Undefined where the kernel does not count it: control groups of the first version. */
  readonly atLimit: number | undefined
}

/**
 * The file in which the kernel counts that: memory.events, or memory.oom_control of the older control groups, of the
 * innermost group that can be seen. The newer one counts for groups below it too; the older one for its own processes.
 */
export async function findOomFile(host: Host): Promise<string | undefined> {
  const cgroup = await orAbsent(host.fs.readText('/proc/self/cgroup'))
  for (const limitFile of memoryFiles(cgroup ?? '')) {
    const name = limitFile.endsWith('/memory.max') ? 'memory.events' : 'memory.oom_control'
    const path = limitFile.replace(/[^/]+$/, name)
    if ((await readOomCount(host, path)) !== undefined) return path
  }
  return undefined
}

/** What the file says now; undefined when it cannot be read or does not say. */
export async function readOomCount(host: Host, path: string): Promise<OomCount | undefined> {
  const text = await orAbsent(host.fs.readText(path))
  const kills = countIn(text ?? '', 'oom_kill')
  return kills === undefined ? undefined : { kills, atLimit: countIn(text ?? '', 'oom') }
}

function countIn(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** Memory of the whole machine, bytes; undefined when it cannot be read. */
export async function lookMachineMemory(host: Host): Promise<number | undefined> {
  const text = await orAbsent(host.fs.readText('/proc/meminfo'))
  const kib = /^MemTotal:\s*(\d+) kB$/m.exec(text ?? '')?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}
