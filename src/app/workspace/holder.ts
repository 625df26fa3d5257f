import type { Phase } from '../../base/event.ts'
import { CONTROL_SOCKET, type Layout, runtimeFolders } from '../../base/layout.ts'
import type { Owner } from '../../base/owner.ts'
import { ownerHere, readOwner } from '../../features/workspace/lock-owner.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Status } from '../status.ts'

/**
 * Who uses the workspace. `isHere`: in this same container. `isSure` is false for an owner on another machine, of whom only
 * the lock file speaks: they may have been killed.
 */
export type Holder = Owner & { readonly isHere: boolean; readonly isSure: boolean }

/** Who holds the workspace's lock; undefined when nobody does, or its owner was killed on this machine. */
export async function lookHolder(
  host: Host,
  settings: Settings,
  layout: Layout,
): Promise<Holder | undefined> {
  const record = await readOwner(host, layout)
  if (record?.state !== 'held') return undefined
  const us = await ownerHere(host, settings.instance)
  const isOurKernel = record.bootId !== '' && record.bootId === us.bootId
  if (isOurKernel && (await isGivenBack(host, layout))) return undefined
  const { host: name, instance, container, pid, since } = record
  const isHere = isOurKernel && container === us.container
  return { host: name, instance, container, pid, since, isHere, isSure: isOurKernel }
}

// The system gives back the lock of a process that was killed. It is ours for the moment of the question alone.
async function isGivenBack({ fs }: Host, { lockFile }: Layout): Promise<boolean> {
  const file = await fs.lockFile(lockFile).catch(() => undefined)
  await file?.close()
  return file?.state === 'granted'
}

/** How long a running comfy-init may take to answer, milliseconds. */
const ANSWER_MS = 2000

/** What the comfy-init that runs in this container is at; undefined when none answers. */
export async function phaseHere(
  host: Host,
  { runtimeFolder, instance }: Settings,
): Promise<Phase | undefined> {
  for (const folder of runtimeFolders(runtimeFolder, instance)) {
    const socket = `${folder}/${CONTROL_SOCKET}`
    const answer = await host.net.ask({ socket, path: '/status', timeoutMs: ANSWER_MS })
    if (answer?.status === 200) return (JSON.parse(answer.body) as Status).phase
  }
  return undefined
}
