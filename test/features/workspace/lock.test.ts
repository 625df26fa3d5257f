import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Taken, takeLock } from '../../../src/features/workspace/lock.ts'
import { readOwner } from '../../../src/features/workspace/lock-owner.ts'
import { aPlace, held, hostWith, REAL, releaseAll, self, virtualHost } from './lock-place.ts'

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
  const { host, passes } = virtualHost()
  const doubted: string[] = []
  const taking = takeLock(host, wish, { onDoubt: async (owner) => void doubted.push(owner.host) })
  let taken: Taken | undefined
  void taking.then((result) => {
    taken = result
  })

  await passes(19_500)
  expect(taken).toBeUndefined()
  expect(doubted).toEqual(['pod-b'])

  await passes(2000)
  expect((await taking).state).toBe('held')
})

test('an owner on another kernel whose beat goes on keeps it', async () => {
  const { wish, leave } = await aPlace('nfs4')
  await leave({ bootId: 'another', beat: 7 })
  const { host, passes } = virtualHost()
  const taking = takeLock(host, wish)

  await passes(4500)
  await leave({ bootId: 'another', beat: 8 })
  await passes(2000)

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
  const { host, passes } = virtualHost()
  const lockless = hostWith((file) => ({ ...file, state: 'unsupported' }), host)
  const taking = takeLock(lockless, wish)

  await passes(4500)
  await leave({ ...(await self(wish)), beat: 99 })
  await passes(2000)

  expect((await taking).state).toBe('busy')
})

test('a place that takes no lock file is said with the system’s code', async () => {
  const { wish, folder } = await aPlace()
  await rm(`${folder}/.comfy-init`, { recursive: true })
  expect(await takeLock(REAL, wish)).toEqual({ state: 'unkept', code: 'ENOENT' })

  await mkdir(wish.layout.lockFile, { recursive: true })
  expect(await takeLock(REAL, wish)).toEqual({ state: 'unkept', code: 'EISDIR' })
})

test('a lock file that is removed in the moment of taking it is opened anew', async () => {
  const { wish } = await aPlace()
  let opened = 0
  const host = hostWith((file) => ({
    ...file,
    isInPlace: async () => {
      if (++opened === 1) await rm(wish.layout.lockFile)
      return file.isInPlace()
    },
  }))

  const { lock } = await held(host, wish)

  expect((await takeLock(REAL, wish)).state).toBe('busy')
  await lock.release()
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
})
