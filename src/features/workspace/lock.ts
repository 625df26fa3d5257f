import type { Layout } from '../../base/layout.ts'
import { systemCode } from '../../base/problem.ts'
import type { Host } from '../../host/host.ts'
import type { LockFile } from '../../host/lock-file.ts'
import { type Held, keepLock } from './keep-lock.ts'
import { type LockRecord, type OwnerHere, ownerHere, parseRecord, recordText } from './lock-owner.ts'

/** Whose lock is wanted, and for whom. */
export type LockWish = {
  readonly layout: Pick<Layout, 'lockFile' | 'workspace'>
  readonly instance: string
  /** Type of the workspace's filesystem as mountinfo names it; undefined where that is not known. */
  readonly filesystem: string | undefined
  /** This process, where that was asked for before. */
  readonly here?: Promise<OwnerHere>
}

/** What became of asking for the lock. `found` is the file's text from before; `isHere`: the owner runs in this same container. */
export type Taken =
  | { readonly state: 'held'; readonly lock: Held; readonly found: string | undefined }
  | { readonly state: 'busy'; readonly owner: LockRecord | undefined; readonly isHere: boolean }
  | { readonly state: 'unkept'; readonly code: string }

/** How to ask: `onDoubt` is told of an owner of whom it must first be seen whether they live; aborting gives up. */
export type Asking = {
  readonly onDoubt?: (owner: LockRecord) => Promise<void>
  readonly signal?: AbortSignal
}

/** An owner whose beat has not changed for so long has ended, milliseconds. */
export const STALE_MS = 20_000

/** How often a doubtful owner is looked at, milliseconds. */
const LOOK_EVERY_MS = 1000

/** After writing our name where others may do the same unseen, until we believe that it is ours, milliseconds. */
const SETTLE_MS = 250

/**
 * Takes the workspace's lock without waiting for its owner to end. Only an owner on another kernel, of whom nothing but the
 * beat tells whether they live, is watched: until it beats, or for 20 s. The folder of the lock must be there. A crash
 * leaves the lock to be taken over: at once on this kernel, after 20 s from another one.
 */
export async function takeLock(host: Host, wish: LockWish, { onDoubt, signal }: Asking = {}): Promise<Taken> {
  let watched: Watched | undefined
  for (;;) {
    const attempt = await tryToTake(host, wish, watched)
    if (attempt.state !== 'doubtful') return attempt
    const { owner, isHere } = attempt
    if (watched === undefined) await onDoubt?.(owner)
    else if (!isSame(watched.owner, owner) || signal?.aborted) return { state: 'busy', owner, isHere }
    watched ??= { owner, sinceMs: host.clock.monotonicMs() }
    await host.clock.sleep(LOOK_EVERY_MS, signal)
  }
}

type Watched = { readonly owner: LockRecord; readonly sinceMs: number }

type Doubtful = { readonly state: 'doubtful'; readonly owner: LockRecord; readonly isHere: boolean }

async function tryToTake(
  host: Host,
  wish: LockWish,
  watched: Watched | undefined,
): Promise<Taken | Doubtful> {
  let file: LockFile | undefined
  try {
    const [here, opened] = await Promise.all([
      wish.here ?? ownerHere(host, wish.instance),
      openInPlace(host, wish),
    ])
    file = opened
    const taken = await claim(host, wish, { file, watched, here })
    if (taken.state === 'held') file = undefined
    return taken
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return { state: 'unkept', code }
  } finally {
    await file?.close()
  }
}

// Somebody may remove the file between our opening and locking it: a lock on what nobody finds keeps nobody away.
async function openInPlace(host: Host, { layout }: LockWish): Promise<LockFile> {
  for (;;) {
    const file = await openLock(host, layout.lockFile)
    if (await file.isInPlace()) return file
    await file.close()
  }
}

// A start as root may have left a file that only root opens; the lock is kept by what is open, whoever we become.
async function openLock(host: Host, path: string): Promise<LockFile> {
  try {
    return await host.fs.lockFile(path)
  } catch (error) {
    if (systemCode(error) !== 'EACCES') throw error
    return host.users.asStarted(() => host.fs.lockFile(path))
  }
}

type Claim = { readonly file: LockFile; readonly watched: Watched | undefined; readonly here: OwnerHere }

async function claim(host: Host, wish: LockWish, { file, watched, here }: Claim): Promise<Taken | Doubtful> {
  const path = wish.layout.lockFile
  const found = await file.read()
  const owner = parseRecord(found)
  const isHere = owner?.container === here.container && owner.bootId === here.bootId
  if (file.state === 'refused') return { state: 'busy', owner, isHere }
  const isAlone = file.state === 'granted' && !mayBeShared(wish.filesystem)
  const record: LockRecord = {
    ...here,
    since: new Date(host.clock.now()).toISOString(),
    state: 'held',
    device: file.device,
    token: newToken(),
    beat: 0,
  }
  const isFree = isAlone || owner === undefined || isOver(owner, record, file)
  if (!isFree && !(watched !== undefined && isStale(host, watched, owner)))
    return { state: 'doubtful', owner, isHere }
  await file.write(recordText(record), { sync: !isAlone })
  if (!isAlone) {
    await host.clock.sleep(SETTLE_MS)
    const now = parseRecord(await host.fs.readText(path))
    if (now?.token !== record.token) return { state: 'busy', owner: now, isHere: false }
  }
  return { state: 'held', found, lock: keepLock(host, { file, record, isAlone, ...wish.layout }) }
}

// It need not be secret, only new; to load what makes secrets would cost a start of ComfyUI 0.3 ms.
function newToken(): string {
  return [Math.random(), Math.random()].map((number) => number.toString(36).slice(2)).join('')
}

// The lock of a living owner on this kernel and this mount of the filesystem would have been refused to us.
function isOver(owner: LockRecord, here: LockRecord, { state }: LockFile): boolean {
  if (owner.state === 'released') return true
  return (
    state === 'granted' && owner.bootId !== '' && owner.bootId === here.bootId && owner.device === here.device
  )
}

function isStale({ clock }: Host, { owner, sinceMs }: Watched, now: LockRecord): boolean {
  return isSame(owner, now) && clock.monotonicMs() - sinceMs >= STALE_MS
}

function isSame(a: LockRecord, b: LockRecord): boolean {
  return a.token === b.token && a.beat === b.beat && a.state === b.state
}

/** Filesystems that one kernel alone can have mounted: its own locks tell the whole truth about them. */
const OF_ONE_KERNEL =
  /^(ext[234]|xfs|btrfs|zfs|f2fs|bcachefs|jfs|reiserfs|nilfs2|ntfs3|vfat|exfat|tmpfs|ramfs|overlay)$/

function mayBeShared(filesystem: string | undefined): boolean {
  return filesystem === undefined || !OF_ONE_KERNEL.test(filesystem)
}
