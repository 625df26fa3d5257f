import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { onTestFinished } from 'vitest'
import { layoutOf } from '../../../src/base/layout.ts'
import { type LockWish, type Taken, takeLock } from '../../../src/features/workspace/lock.ts'
import { type LockRecord, recordText } from '../../../src/features/workspace/lock-owner.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import type { LockFile } from '../../../src/host/lock-file.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

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

export async function heldIn({ host, passes }: Virtual, wish: LockWish): Promise<HeldNow> {
  const taking = held(host, wish)
  await passes(500)
  return taking
}

export async function releaseAll(taken: readonly Taken[]): Promise<void> {
  for (const each of taken) if (each.state === 'held') await each.lock.release()
}

/** A host whose lock files are changed, e.g. by one that fails. */
export function hostWith(change: (file: LockFile) => LockFile, host: Host = REAL): Host {
  return { ...host, fs: { ...host.fs, lockFile: async (path) => change(await host.fs.lockFile(path)) } }
}

/** Virtual time over real files; `passes` moves on in steps, each when the files have been read and written. */
export type Virtual = { readonly host: Host; readonly passes: (ms: number) => Promise<void> }

/** A host in virtual time. */
export function virtualHost(): Virtual {
  const clock = virtualClock()
  let working = 0
  const counted = <T extends object>(methods: T): T =>
    Object.fromEntries(
      Object.entries(methods).map(([name, value]) => [
        name,
        typeof value !== 'function'
          ? value
          : async (...args: readonly unknown[]) => {
              working++
              return Promise.resolve(value(...args)).finally(() => {
                working--
              })
            },
      ]),
    ) as T
  const { lockFile, ...fs } = REAL.fs
  const opened = async (path: string) => counted(await lockFile(path))
  const passes = async (ms: number) => {
    for (let done = 0; done <= ms; done += STEP_MS) {
      do await turns()
      while (working > 0)
      if (done < ms) await clock.advance(STEP_MS)
    }
  }
  return { host: { ...REAL, clock, fs: { ...counted(fs), ...counted({ lockFile: opened }) } }, passes }
}

const STEP_MS = 250

// What follows a finished operation begins the next one within a few turns of the loop.
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
