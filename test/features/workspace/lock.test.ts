import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { layoutOf } from '../../../src/base/layout.ts'
import type { Problem } from '../../../src/base/problem.ts'
import { type LockWish, type Taken, takeLock } from '../../../src/features/workspace/lock.ts'
import { type LockRecord, readOwner, recordText } from '../../../src/features/workspace/lock-owner.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import type { LockFile } from '../../../src/host/lock-file.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts'

const REAL = realHost()

test('a workspace nobody used is taken at once, and the file says by whom', async () => {
  const { wish } = await aPlace()

  const taken = await held(REAL, wish)

  expect(await readOwner(REAL, wish.layout)).toMatchObject({
    state: 'held',
    instance: 'comfy',
    pid: process.pid,
    host: expect.stringMatching(/./),
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  })
  expect(taken.found).toBe('')
})

test('a living owner on this kernel keeps it, and who comes second is told who and where', async () => {
  const { wish } = await aPlace()
  const first = await held(REAL, wish)

  const second = await takeLock(REAL, { ...wish, instance: 'other' })

  expect(second).toMatchObject({
    state: 'busy',
    owner: { instance: 'comfy', pid: process.pid },
    isHere: true,
  })
  await first.lock.release()
  expect(await readOwner(REAL, wish.layout)).toMatchObject({ state: 'released', instance: 'comfy' })
  expect((await held(REAL, { ...wish, instance: 'other' })).found).toContain('"released"')
})

test('of many that want it at the same moment exactly one has it', async () => {
  const { wish } = await aPlace()

  const taken = await Promise.all(Array.from({ length: 30 }, () => takeLock(REAL, wish)))

  onTestFinished(() => releaseAll(taken))
  expect(taken.filter(({ state }) => state === 'held')).toHaveLength(1)
  expect(taken.filter(({ state }) => state === 'busy')).toHaveLength(29)
})

test('an owner that was killed on this kernel is succeeded without waiting', async () => {
  const { wish, leave } = await aPlace('nfs4')
  const { bootId, device } = await self(wish)
  await leave({ bootId, device })

  expect((await takeLock(REAL, wish)).state).toBe('held')
})

test('on a disk of this machine alone the lock decides, whatever an earlier start of it left', async () => {
  const { wish, leave } = await aPlace('ext4')
  await leave({ bootId: 'an earlier start' })

  expect((await takeLock(REAL, wish)).state).toBe('held')
})

test.each([
  ['another kernel', { bootId: 'another' }],
  ['another mount of the same files', { device: 1 }],
])('an owner on %s whose beat stands still is succeeded after 20 s', async (_, record) => {
  const { wish, leave } = await aPlace('nfs4')
  await leave({ ...(await self(wish)), ...record })
  const { host, clock } = virtualHost()
  const doubted: string[] = []
  const taking = takeLock(host, wish, { onDoubt: async (owner) => void doubted.push(owner.host) })
  let taken: Taken | undefined
  void taking.then((result) => {
    taken = result
  })

  await passes(clock, 19_500)
  expect(taken).toBeUndefined()
  expect(doubted).toEqual(['pod-b'])

  await passes(clock, 2000)
  expect((await taking).state).toBe('held')
})

test('an owner on another kernel whose beat goes on keeps it', async () => {
  const { wish, leave } = await aPlace('nfs4')
  await leave({ bootId: 'another', beat: 7 })
  const { host, clock } = virtualHost()
  const taking = takeLock(host, wish)

  await passes(clock, 4500)
  await leave({ bootId: 'another', beat: 8 })
  await passes(clock, 2000)

  expect(await taking).toMatchObject({ state: 'busy', owner: { host: 'pod-b', beat: 8 }, isHere: false })
})

test('watching ends with the request to stop', async () => {
  const { wish, leave } = await aPlace('nfs4')
  await leave({ bootId: 'another' })

  expect(await takeLock(REAL, wish, { signal: AbortSignal.abort() })).toMatchObject({ state: 'busy' })
})

test('two that cannot see each other’s locks do not both believe that they have it', async () => {
  const { wish } = await aPlace('fuse.mfs')
  const blind = hostWith((file) => ({ ...file, state: 'granted' }))

  const taken = await Promise.all([1, 2, 3, 4, 5].map(() => takeLock(blind, wish)))

  onTestFinished(() => releaseAll(taken))
  expect(taken.filter(({ state }) => state === 'held')).toHaveLength(1)
})

test('without locks at all the beat decides, even on this kernel', async () => {
  const { wish, leave } = await aPlace('ext4')
  await leave(await self(wish))
  const { host, clock } = virtualHost(hostWith((file) => ({ ...file, state: 'unsupported' })))
  const taking = takeLock(host, wish)

  await passes(clock, 4500)
  await leave({ ...(await self(wish)), beat: 99 })
  await passes(clock, 2000)

  expect((await taking).state).toBe('busy')
})

test('an owner shows every 5 s that it lives', async () => {
  const { wish } = await aPlace()
  const { host, clock } = virtualHost()
  await held(host, wish)

  for (const beat of [1, 2, 3]) {
    await clock.advance(5000)
    await until(async () => (await readOwner(REAL, wish.layout))?.beat === beat, `beat ${beat}`)
  }
})

test('a lock that another has taken is lost, and its record is left alone', async () => {
  const { wish, leave } = await aPlace('nfs4')
  const { host, clock } = virtualHost()
  const { lock } = await heldIn(host, clock, wish)

  await leave({ bootId: 'another', token: 'theirs' })
  await clock.advance(5000)

  await until(() => lock.lost.aborted, 'the loss')
  expect((lock.lost.reason as Problem).in('docker')).toMatchObject({
    code: 'LOCK_LOST',
    why: expect.stringContaining('pod-b (comfy) since 2026-11-21 12:01 UTC'),
  })
  await lock.release()
  expect(await readOwner(REAL, wish.layout)).toMatchObject({ state: 'held', token: 'theirs' })
})

test.each([
  ['nfs4', 'EIO', true],
  ['nfs4', 'ENOSPC', false],
  ['ext4', 'EIO', false],
])('on %s a beat that ends with %s for 15 s loses the lock: %s', async (filesystem, code, isLost) => {
  const { wish } = await aPlace(filesystem)
  let isBroken = false
  const failing = hostWith((file) => ({
    ...file,
    write: (...args) =>
      isBroken ? Promise.reject(Object.assign(new Error(code), { code })) : file.write(...args),
  }))
  const { host, clock } = virtualHost(failing)
  const { lock } = await heldIn(host, clock, wish)

  isBroken = true
  await passes(clock, 14_000)
  expect(lock.lost.aborted).toBe(false)
  await passes(clock, 7000)

  expect(lock.lost.aborted).toBe(isLost)
  if (isLost)
    expect((lock.lost.reason as Problem).in('docker').why).toContain('could not be renewed for 15 s (EIO)')
})

test('a filesystem that does not answer any more loses the lock as well, and does not hold up the end', async () => {
  const { wish } = await aPlace('nfs4')
  let hangs = false
  const hanging = hostWith((file) => ({
    ...file,
    isInPlace: () => (hangs ? new Promise(() => {}) : file.isInPlace()),
  }))
  const { host, clock } = virtualHost(hanging)
  const { lock } = await heldIn(host, clock, wish)

  hangs = true
  await passes(clock, 16_000)

  expect(lock.lost.aborted).toBe(true)
  const released = lock.release()
  await passes(clock, 2000)
  await released
})

test('a lock file that somebody removed is made again by its owner', async () => {
  const { wish } = await aPlace()
  const { host, clock } = virtualHost()
  const { lock } = await held(host, wish)

  await rm(wish.layout.lockFile)
  await clock.advance(5000)

  await until(async () => (await readOwner(REAL, wish.layout))?.beat === 1, 'a new record')
  expect((await takeLock(REAL, wish)).state).toBe('busy')
  expect(lock.lost.aborted).toBe(false)
})

test('a place that takes no lock file is said with the system’s code', async () => {
  const { wish, folder } = await aPlace()
  await rm(`${folder}/.comfy-init`, { recursive: true })
  expect(await takeLock(REAL, wish)).toEqual({ state: 'unkept', code: 'ENOENT' })

  await mkdir(wish.layout.lockFile, { recursive: true })
  expect(await takeLock(REAL, wish)).toEqual({ state: 'unkept', code: 'EISDIR' })
})

test('what is in the file and is no record of ours hinders nobody', async () => {
  const { wish } = await aPlace('nfs4')
  for (const text of ['', '{"state": "held", "ho', 'null', '[]']) {
    await writeFile(wish.layout.lockFile, text)
    expect(await readOwner(REAL, wish.layout)).toBeUndefined()
    const { lock } = await held(REAL, wish)
    await lock.release()
  }
})

test('a record has always the same length and is readable', async () => {
  const { wish } = await aPlace()
  await held(REAL, wish)
  const text = await readFile(wish.layout.lockFile, 'utf8')
  expect(text).toHaveLength(1024)
  expect(JSON.parse(text)).toMatchObject({ instance: 'comfy' })
  await chmod(wish.layout.lockFile, 0o644)
})

type Place = {
  readonly folder: string
  readonly wish: LockWish
  /** Writes a record as somebody else would have left it. */
  readonly leave: (record: Partial<LockRecord>) => Promise<void>
}

async function aPlace(filesystem = 'ext4'): Promise<Place> {
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
async function self(wish: LockWish): Promise<Pick<LockRecord, 'bootId' | 'device'>> {
  const file = await REAL.fs.lockFile(wish.layout.lockFile)
  await file.close()
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  return { bootId, device: file.device }
}

type HeldNow = Extract<Taken, { state: 'held' }>

async function held(host: Host, wish: LockWish): Promise<HeldNow> {
  const taken = await takeLock(host, wish)
  if (taken.state !== 'held') throw new Error(`The lock is ${taken.state}.`)
  onTestFinished(() => taken.lock.release())
  return taken
}

async function heldIn(host: Host, clock: VirtualClock, wish: LockWish): Promise<HeldNow> {
  const taking = held(host, wish)
  await passes(clock, 500)
  return taking
}

async function releaseAll(taken: readonly Taken[]): Promise<void> {
  for (const each of taken) if (each.state === 'held') await each.lock.release()
}

function hostWith(change: (file: LockFile) => LockFile): Host {
  return { ...REAL, fs: { ...REAL.fs, lockFile: async (path) => change(await REAL.fs.lockFile(path)) } }
}

function virtualHost(host: Host = REAL): { readonly host: Host; readonly clock: VirtualClock } {
  const clock = virtualClock()
  return { host: { ...host, clock }, clock }
}

// What a call does to real files takes real time: each step of virtual time gives it some.
async function passes(clock: VirtualClock, ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 250) {
    await new Promise((resolve) => setTimeout(resolve, 3))
    await clock.advance(250)
  }
  await new Promise((resolve) => setTimeout(resolve, 3))
}
