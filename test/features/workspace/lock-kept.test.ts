import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Problem } from '../../../src/base/problem.ts'
import { takeLock } from '../../../src/features/workspace/lock.ts'
import { readOwner } from '../../../src/features/workspace/lock-owner.ts'
import type { LockFile } from '../../../src/host/lock-file.ts'
import { aPlace, held, heldIn, hostWith, REAL, virtualHost } from './lock-place.ts'

test('an owner shows every 5 s that it lives', async () => {
  const { wish } = await aPlace()
  const { host, passes } = virtualHost()
  await held(host, wish)

  for (const beat of [1, 2, 3]) {
    await passes(5000)
    expect((await readOwner(REAL, wish.layout))?.beat).toBe(beat)
  }
})

test('a lock that another has taken is lost, and its record is left alone', async () => {
  const { wish, leave } = await aPlace('nfs4')
  const { host, passes } = virtualHost()
  const { lock } = await heldIn({ host, passes }, wish)

  await leave({ bootId: 'another', token: 'theirs' })
  await passes(5000)

  expect(lock.lost.aborted).toBe(true)
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
  const { host, passes } = virtualHost()
  const change = (file: LockFile): LockFile => ({
    ...file,
    write: (...args) =>
      isBroken ? Promise.reject(Object.assign(new Error(code), { code })) : file.write(...args),
  })
  const failing = hostWith(change, host)
  const { lock } = await heldIn({ host: failing, passes }, wish)

  isBroken = true
  await passes(14_000)
  expect(lock.lost.aborted).toBe(false)
  await passes(7000)

  expect(lock.lost.aborted).toBe(isLost)
  if (isLost)
    expect((lock.lost.reason as Problem).in('docker').why).toContain('could not be renewed for 15 s (EIO)')
})

test('a filesystem that does not answer any more loses the lock as well, and does not hold up the end', async () => {
  const { wish } = await aPlace('nfs4')
  let hangs = false
  const { host, passes } = virtualHost()
  const change = (file: LockFile): LockFile => ({
    ...file,
    isInPlace: () => (hangs ? new Promise(() => {}) : file.isInPlace()),
  })
  const hanging = hostWith(change, host)
  const { lock } = await heldIn({ host: hanging, passes }, wish)

  hangs = true
  await passes(16_000)

  expect(lock.lost.aborted).toBe(true)
  const released = lock.release()
  await passes(2000)
  await released
})

test('a lock file that somebody removed is made again by its owner', async () => {
  const { wish } = await aPlace()
  const { host, passes } = virtualHost()
  const { lock } = await held(host, wish)

  await rm(wish.layout.lockFile)
  await passes(5000)

  expect(await readOwner(REAL, wish.layout)).toMatchObject({ beat: 1, state: 'held' })
  expect((await takeLock(REAL, wish)).state).toBe('busy')
  expect(lock.lost.aborted).toBe(false)
})
