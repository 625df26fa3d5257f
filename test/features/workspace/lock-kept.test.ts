import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Problem } from '../../../src/base/problem.ts'
import { takeLock } from '../../../src/features/workspace/lock.ts'
import { readOwner } from '../../../src/features/workspace/lock-owner.ts'
import { until } from '../../support/until.ts'
import { aPlace, held, heldIn, hostWith, passes, REAL, virtualHost } from './lock-place.ts'

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
