import { dirname } from 'node:path'
import type { Layout } from '../../../base/layout.ts'
import type { Checkout } from '../../../base/node.ts'
import { checkoutsText, parseCheckouts } from '../../../facts/parse-node-records.ts'
import type { Host } from '../../../host/host.ts'
import { lockText } from '../lock/lock-text.ts'
import { EMPTY_LOCK, withNodes } from '../lock/merge-locks.ts'
import { parseLock } from '../lock/parse-lock.ts'
import { together } from './together.ts'

/** Keeps what came of each node, and what the lock says of it. */
export type Records = {
  /** Resolves when it is on the disk. What comes while a write is under way goes into the next one, all together. */
  readonly put: (checkout: Checkout) => Promise<void>
}

/** Reads the records that are there, which are gone on with. A lock that cannot be understood is left as it is. */
export async function openRecords(
  host: Host,
  { checkoutsFile, nodesLock }: Pick<Layout, 'checkoutsFile' | 'nodesLock'>,
): Promise<Records> {
  const [known, lockBefore] = await Promise.all([
    host.fs.readText(checkoutsFile),
    host.fs.readText(nodesLock),
  ])
  const checkouts = new Map(parseCheckouts(known))
  const read = lockBefore === undefined ? { lock: EMPTY_LOCK } : parseLock(lockBefore, nodesLock)
  let lock = 'lock' in read ? read.lock : undefined
  let written = lockBefore
  await host.fs.makeFolder(dirname(checkoutsFile))
  const write = async () => {
    await host.fs.write(checkoutsFile, checkoutsText(checkouts.values()))
    const text = lock === undefined ? undefined : lockText(lock)
    if (text === undefined || text === written || lock?.nodes.length === 0) return
    await host.fs.write(nodesLock, text)
    written = text
  }
  const flush = together(write)
  return {
    put: (checkout) => {
      checkouts.set(checkout.folder.toLowerCase(), checkout)
      if (lock !== undefined && checkout.failure === undefined && checkout.locked !== undefined)
        lock = withNodes(lock, [checkout.locked])
      return flush()
    },
  }
}
