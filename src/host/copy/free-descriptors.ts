import { readdirSync, readFileSync } from 'node:fs'

/** How many more files this process may have open; without end where the system does not say. */
export function freeDescriptors(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
    return limit === undefined
      ? Number.POSITIVE_INFINITY
      : Number(limit) - readdirSync('/proc/self/fd').length
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
