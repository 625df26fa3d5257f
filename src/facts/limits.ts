import type { Host } from '../host/host.ts'
import type { Limits } from './facts.ts'
import { orAbsent } from './or-absent.ts'

/** The container's limits, from its control group and its /dev/shm. */
export async function lookLimits(host: Host): Promise<Limits> {
  const [cgroup, shm] = await Promise.all([
    orAbsent(host.fs.readText('/proc/self/cgroup')),
    orAbsent(host.fs.space('/dev/shm')),
  ])
  const texts = await Promise.all(memoryFiles(cgroup ?? '').map((path) => orAbsent(host.fs.readText(path))))
  const limits = texts.flatMap((text) => parseMemoryLimit(text ?? '') ?? [])
  return {
    memoryBytes: limits.length === 0 ? undefined : Math.min(...limits),
    shmBytes: shm?.freeBytes,
    clockIsWrong: host.clock.now() < BUILT_AFTER_MS,
  }
}

// Certificates made since this program was written are not valid yet by a clock before it.
const BUILT_AFTER_MS = Date.UTC(2026, 0, 1)

/** Files that may hold a memory limit of ours, by the text of /proc/self/cgroup: our group's and those above it. */
export function memoryFiles(cgroup: string): readonly string[] {
  const paths = cgroup.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) return []
    const v1 = controllers.split(',').includes('memory')
    if (!v1 && controllers !== '') return []
    const [root, name] = v1
      ? ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes']
      : ['/sys/fs/cgroup', 'memory.max']
    return upwards(path).map((each) => `${root}${each}/${name}`)
  })
  return [...new Set(paths)]
}

/** Bytes in memory.max or memory.limit_in_bytes; undefined for none, which the older file writes as a huge number. */
export function parseMemoryLimit(text: string): number | undefined {
  const bytes = Number(text.trim() || Number.NaN)
  return Number.isFinite(bytes) && bytes > 0 && bytes < 2 ** 60 ? bytes : undefined
}

// Inside a container the group's path is / with a namespace of its own, else the host's path, of which only the top is mounted.
function upwards(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '..')
  return names.map((_, at) => `/${names.slice(0, names.length - at).join('/')}`).concat('')
}
