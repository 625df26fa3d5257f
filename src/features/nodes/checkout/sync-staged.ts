import type { Host } from '../../../host/host.ts'
import { together } from './together.ts'

/** Brings a staged folder to the disk. */
export type SyncStaged = (staged: string) => Promise<void>

/**
 * Brings staged folders to the disk, those that wait at the same time all at once: each flush of a filesystem waits for
 * everything that anybody wrote to it.
 */
export function syncerOf(host: Host, customNodes: string, signal: AbortSignal): SyncStaged {
  let waiting: string[] = []
  const flush = together(async () => {
    const [only, ...others] = waiting
    waiting = []
    await host.fs.sync(only !== undefined && others.length === 0 ? only : customNodes, signal)
  })
  return async (staged) => {
    waiting.push(staged)
    try {
      await flush()
    } catch {
      // Whose fault it is shows when each is brought there by itself.
      await host.fs.sync(staged, signal)
    }
  }
}
