import type { Layout } from '../../base/layout.ts'
import type { Owner } from '../../base/owner.ts'
import { sha256 } from '../../base/sha256.ts'
import { printable } from '../../base/text.ts'
import { readBootId } from '../../facts/boot-id.ts'
import type { Host } from '../../host/host.ts'

/** What the lock file says: who has, or last had, the workspace. */
export type LockRecord = Owner & {
  readonly state: 'held' | 'released'
  /** Which start of which kernel the owner lives in; empty where the system does not say. */
  readonly bootId: string
  /** Number of the filesystem on that kernel. */
  readonly device: number
  /** Unlike any other taking's. */
  readonly token: string
  /** Counts up while the owner lives. */
  readonly beat: number
}

/** This process as an owner, and the start of the kernel that it lives in. */
export type OwnerHere = Owner & { readonly bootId: string }

/** Who has the workspace, or last had it; undefined where nobody ever did, or it cannot be read. For looking, not for taking. */
export async function readOwner(
  { fs }: Pick<Host, 'fs'>,
  { lockFile }: Pick<Layout, 'lockFile'>,
): Promise<LockRecord | undefined> {
  return parseRecord(await fs.readText(lockFile).catch(() => undefined))
}

/** This process as an owner. */
export async function ownerHere({ fs, self, clock }: Host, instance: string): Promise<OwnerHere> {
  const read = async (path: string) => ((await fs.readText(path).catch(() => undefined)) ?? '').trim()
  const [host, bootId, mounts] = await Promise.all([
    read('/proc/sys/kernel/hostname'),
    readBootId(fs),
    read('/proc/self/mountinfo'),
  ])
  return {
    host: host || 'unknown',
    instance,
    container: containerOf(mounts),
    pid: self.pid,
    since: new Date(clock.now()).toISOString(),
    bootId: bootId ?? '',
  }
}

/** Length of a record in bytes: always the same, so that one write replaces the one before whole. */
const RECORD_BYTES = 1024

/** A record as the file's text: JSON, filled up with blanks. */
export function recordText(record: LockRecord): string {
  const text = JSON.stringify(record, undefined, 2)
  return `${text}${' '.repeat(Math.max(0, RECORD_BYTES - 1 - Buffer.byteLength(text)))}\n`
}

/** The record in a file's text; undefined for an empty or torn one: its writer ended before it had the workspace. */
export function parseRecord(text: string | undefined): LockRecord | undefined {
  try {
    const found: unknown = JSON.parse(text ?? 'null')
    return isRecord(found) ? printable(found) : undefined
  } catch {
    return undefined
  }
}

function isRecord(found: unknown): found is LockRecord {
  if (typeof found !== 'object' || found === null) return false
  const fields = found as Readonly<Record<string, unknown>>
  return (
    (fields.state === 'held' || fields.state === 'released') &&
    ['host', 'instance', 'container', 'since', 'bootId', 'token'].every(
      (key) => typeof fields[key] === 'string',
    ) &&
    ['pid', 'device', 'beat'].every((key) => typeof fields[key] === 'number')
  )
}

// A container's root has its own upper layer, or lies in its own folder: without the three ids that differ at each start.
function containerOf(mountinfo: string): string {
  const roots = mountinfo
    .split('\n')
    .map((line) => line.split(' ').slice(3))
    .filter(([, point]) => point === '/')
  const root = roots.at(-1)?.join(' ') ?? ''
  return sha256(root).slice(0, 12)
}
