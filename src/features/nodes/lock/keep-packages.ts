import type { Layout } from '../../../base/layout.ts'
import type { Identity, NodesLock, PackagePin } from '../../../base/node.ts'
import type { Facts } from '../../../facts/facts.ts'
import { sameIdentity } from '../../../facts/overlay-record.ts'
import type { Host } from '../../../host/host.ts'
import { lockText } from './lock-text.ts'
import { EMPTY_LOCK, withPackages } from './merge-locks.ts'
import { parseLock } from './parse-lock.ts'
import { readLocks } from './read-locks.ts'

/**
 * The packages of the first lock that was made with the same Python, torch, CUDA and image, or that does not say with which, as
 * one that was imported. Pure.
 */
export function lockedPackages({
  nodeRecords,
  packages,
}: Pick<Facts, 'nodeRecords' | 'packages'>): readonly PackagePin[] {
  if (packages === undefined) return []
  const found = readLocks(nodeRecords.locks).locks.find(
    ({ identity, packages: pins }) =>
      pins.length > 0 && (identity === undefined || sameIdentity(identity, packages.identity)),
  )
  return found?.packages ?? []
}

/** Writes down in the workspace’s lock what was resolved, and with which ComfyUI. A lock that cannot be understood is left as it is. */
export function keepPackages({ nodesLock }: Pick<Layout, 'nodesLock'>, comfyui: NodesLock['comfyui']) {
  return async (host: Host, pins: readonly PackagePin[], identity: Identity): Promise<void> => {
    const before = await host.fs.readText(nodesLock)
    if (before === undefined && pins.length === 0) return
    const read = before === undefined ? { lock: EMPTY_LOCK } : parseLock(before, nodesLock)
    if (!('lock' in read)) return
    const text = lockText({
      ...withPackages(read.lock, pins, identity),
      comfyui: comfyui ?? read.lock.comfyui,
    })
    if (text !== before) await host.fs.write(nodesLock, text)
  }
}
