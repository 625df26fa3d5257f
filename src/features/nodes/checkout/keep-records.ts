import { dirname } from 'node:path'
import type { Layout } from '../../../base/layout.ts'
import type { Checkout } from '../../../base/node.ts'
import { systemCode } from '../../../base/problem.ts'
import { checkoutsText, parseCheckouts } from '../../../facts/parse-node-records.ts'
import type { Host } from '../../../host/host.ts'
import { lockText } from '../lock/lock-text.ts'
import { EMPTY_LOCK, withNodes } from '../lock/merge-locks.ts'
import { parseLock } from '../lock/parse-lock.ts'
import { together } from './together.ts'

/** Keeps what came of each node, and what the lock says of it. */
export type Records = {
  /**
   * Resolves when it is on the disk, or cannot be brought there. What comes while a write is under way goes into the next one,
   * all together.
   */
  readonly put: (checkout: Checkout) => Promise<void>
  /** The first file that could not be read or written. */
  readonly fault: () => RecordFault | undefined
}

/** A file, and what the system answered. */
export type RecordFault = { readonly path: string; readonly code: string }

/** Reads the records that are there, which are gone on with. What cannot be read or understood is left as it is. */
export async function openRecords(
  host: Host,
  { checkoutsFile, nodesLock }: Pick<Layout, 'checkoutsFile' | 'nodesLock'>,
): Promise<Records> {
  const faults = new Map<string, RecordFault>()
  const attempt = async <T>(path: string, act: () => Promise<T>) => {
    try {
      return await act()
    } catch (error) {
      const code = systemCode(error)
      if (code === undefined) throw error
      faults.set(path, { path, code })
      return undefined
    }
  }
  const readOf = (path: string) => attempt(path, () => host.fs.readText(path))
  const [known, lockBefore] = await Promise.all([readOf(checkoutsFile), readOf(nodesLock)])
  const isReadable = (path: string) => !faults.has(path)
  const [keepsCheckouts, keepsLock] = [isReadable(checkoutsFile), isReadable(nodesLock)]
  const checkouts = new Map(parseCheckouts(known))
  const read = lockBefore === undefined ? { lock: EMPTY_LOCK } : parseLock(lockBefore, nodesLock)
  let lock = 'lock' in read ? read.lock : undefined
  let written = lockBefore
  await attempt(dirname(checkoutsFile), () => host.fs.makeFolder(dirname(checkoutsFile)))
  const write = async () => {
    if (keepsCheckouts)
      await attempt(checkoutsFile, () => host.fs.write(checkoutsFile, checkoutsText(checkouts.values())))
    const text = lock === undefined ? undefined : lockText(lock)
    if (!keepsLock || text === undefined || text === written || lock?.nodes.length === 0) return
    await attempt(nodesLock, () => host.fs.write(nodesLock, text))
    written = text
  }
  const flush = together(write)
  return {
    fault: () => faults.values().next().value,
    put: (checkout) => {
      checkouts.set(checkout.folder.toLowerCase(), checkout)
      if (lock !== undefined && checkout.failure === undefined && checkout.locked !== undefined)
        lock = withNodes(lock, [checkout.locked])
      return flush()
    },
  }
}
