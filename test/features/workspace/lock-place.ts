import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { onTestFinished } from 'vitest'
import { layoutOf } from '../../../src/base/layout.ts'
import { type LockWish, type Taken, takeLock } from '../../../src/features/workspace/lock.ts'
import { type LockRecord, recordText } from '../../../src/features/workspace/lock-owner.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import type { LockFile } from '../../../src/host/lock-file.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts'

export const REAL = realHost()

export type Place = {
  readonly folder: string
  readonly wish: LockWish
  /** Writes a record as somebody else would have left it. */
  readonly leave: (record: Partial<LockRecord>) => Promise<void>
}

export async function aPlace(filesystem = 'ext4'): Promise<Place> {
  const folder = await tempFolder()
  const layout = layoutOf(folder)
  await mkdir(layout.own)
  const leave = (record: Partial<LockRecord>) =>
    writeFile(layout.lockFile, recordText({ ...SOMEBODY, ...record }))
  return { folder, wish: { layout, instance: 'comfy', filesystem }, leave }
}

const SOMEBODY: LockRecord = {
  state: 'held',
  host: 'pod-b',
  instance: 'comfy',
  container: 'b',
  pid: 7,
  since: '2026-11-21T12:01:00.000Z',
  bootId: 'unknown',
  device: 0,
  token: 'somebody',
  beat: 3,
}

/** Which kernel and filesystem a taker here would write. */
export async function self(wish: LockWish): Promise<Pick<LockRecord, 'bootId' | 'device'>> {
  const file = await REAL.fs.lockFile(wish.layout.lockFile)
  await file.close()
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  return { bootId, device: file.device }
}

type HeldNow = Extract<Taken, { state: 'held' }>

export async function held(host: Host, wish: LockWish): Promise<HeldNow> {
  const taken = await takeLock(host, wish)
  if (taken.state !== 'held') throw new Error(`The lock is ${taken.state}.`)
  onTestFinished(() => taken.lock.release())
  return taken
}

export async function heldIn(host: Host, clock: VirtualClock, wish: LockWish): Promise<HeldNow> {
  const taking = held(host, wish)
  await passes(clock, 500)
  return taking
}

export async function releaseAll(taken: readonly Taken[]): Promise<void> {
  for (const each of taken) if (each.state === 'held') await each.lock.release()
}

export function hostWith(change: (file: LockFile) => LockFile): Host {
  return { ...REAL, fs: { ...REAL.fs, lockFile: async (path) => change(await REAL.fs.lockFile(path)) } }
}

export function virtualHost(host: Host = REAL): { readonly host: Host; readonly clock: VirtualClock } {
  const clock = virtualClock()
  return { host: { ...host, clock }, clock }
}

// What a call does to real files takes real time: each step of virtual time gives it some.
export async function passes(clock: VirtualClock, ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 250) {
    await new Promise((resolve) => setTimeout(resolve, 3))
    await clock.advance(250)
  }
  await new Promise((resolve) => setTimeout(resolve, 3))
}
