import { expect, test } from 'vitest'
import { memoryWatch } from '../../../src/features/deaths/memory-watch.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const MACHINE = realHost()

/** A machine whose group 7 has processes 7 and 8, one of another group, and a counter of kills for lack of memory. */
function aMachine() {
  const now = { kills: 0, kib: 1000, reads: 0 }
  const clock = virtualClock()
  const texts: Record<string, () => string> = {
    '/proc/self/cgroup': () => '0::/\n',
    '/sys/fs/cgroup/memory.events': () => `oom 0\noom_kill ${now.kills}\n`,
    '/proc/7/stat': () => '7 (python (odd) name) S 1 7 7 0',
    '/proc/8/stat': () => '8 (worker) R 7 7 7 0',
    '/proc/9/stat': () => '9 (other) S 1 9 9 0',
    '/proc/7/status': () => `Name:\tpython\nVmRSS:\t  ${now.kib} kB\n`,
    '/proc/8/status': () => 'Name:\tworker\nVmRSS:\t  24 kB\n',
  }
  const readText: Host['fs']['readText'] = async (path) => {
    if (path === '/proc/9/stat') now.reads++
    return texts[path]?.()
  }
  const list = async () => ['7', '8', '9', 'meminfo', 'self']
  return { now, clock, host: { ...MACHINE, clock, fs: { ...MACHINE.fs, readText, list } } }
}

test('the memory of a whole group is added up every 5 s while it runs', async () => {
  const { host, clock, now } = aMachine()
  const run = memoryWatch(host).begin(7)

  expect(run.ram()).toBeUndefined()
  await clock.advance(5000)
  expect(run.ram()).toEqual({ bytes: 1024 * 1024, atMs: 5000 })
  now.kib = 2000
  await clock.advance(5000)
  expect(run.ram()).toEqual({ bytes: 2024 * 1024, atMs: 10_000 })
})

test('while nothing runs nothing is looked at, and no wake-up is due', async () => {
  const { host, clock } = aMachine()
  const watch = memoryWatch(host)
  expect(clock.pending()).toBe(0)
  const [one, two] = [watch.begin(7), watch.begin(9)]
  await clock.advance(1)
  expect(clock.pending()).toBe(1)

  one.end()
  two.end()
  await clock.advance(5000)
  expect(clock.pending()).toBe(0)
  watch.begin(7)
  expect(clock.pending()).toBe(1)
  watch.close()
  expect(clock.pending()).toBe(0)
})

test('whoever is in none of the groups is read once, until other groups are watched', async () => {
  const { host, clock, now } = aMachine()
  const watch = memoryWatch(host)
  watch.begin(7)
  await clock.advance(50_000)
  expect(now.reads).toBe(1)

  const run = watch.begin(9)
  await clock.advance(10_000)
  expect(now.reads).toBeGreaterThan(1)
  expect(run.ram()).toBeUndefined()
})

test('a kill just before the end counts; one that was long ago, or before the run began, does not', async () => {
  const { host, clock, now } = aMachine()
  now.kills = 4
  const watch = memoryWatch(host)
  const run = watch.begin(7)
  await clock.advance(12_000)
  now.kills = 5
  await clock.advance(30_000)

  expect(await run.oomsAt(clock.monotonicMs())).toEqual({ kills: 0, atLimit: 0 })
  now.kills = 6
  expect(await run.oomsAt(clock.monotonicMs())).toEqual({ kills: 1, atLimit: 0 })
})

test('a process that takes long to die was killed before the last look', async () => {
  const { host, clock, now } = aMachine()
  const run = memoryWatch(host).begin(7)
  await clock.advance(19_000)
  now.kills = 1
  await clock.advance(2000)

  expect(await run.oomsAt(clock.monotonicMs())).toMatchObject({ kills: 1 })
})

test('a run that ends at once is judged from its start', async () => {
  const { host, clock, now } = aMachine()
  const watch = memoryWatch(host)
  const first = watch.begin(7)
  await clock.advance(1000)
  now.kills = 1
  expect(await first.oomsAt(clock.monotonicMs())).toMatchObject({ kills: 1 })
  first.end()

  const second = watch.begin(8)
  await clock.advance(100)
  expect(await second.oomsAt(clock.monotonicMs())).toMatchObject({ kills: 0 })
})

test('a run that ends before the first look is done is judged all the same', async () => {
  const { host } = aMachine()

  expect(await memoryWatch(host).begin(7).oomsAt(0)).toEqual({ kills: 0, atLimit: 0 })
})

test('where nobody counts, it is not known', async () => {
  const { host, clock } = aMachine()
  const none = { ...host, fs: { ...host.fs, readText: async () => undefined } }
  const run = memoryWatch(none).begin(7)
  await clock.advance(5000)

  expect(await run.oomsAt(clock.monotonicMs())).toBeUndefined()
})

test.each(['/proc/self/cgroup', '/sys/fs/cgroup/memory.events'])(
  'a machine that answers %s with a mistake harms nobody',
  async (broken) => {
    const { host, clock } = aMachine()
    const readText: Host['fs']['readText'] = async (path) => {
      if (path === broken && clock.now() > 0) throw new Error('a mistake')
      return path === broken && broken.endsWith('cgroup')
        ? Promise.reject(new Error('a mistake'))
        : host.fs.readText(path)
    }
    const run = memoryWatch({ ...host, fs: { ...host.fs, readText } }).begin(7)
    await clock.advance(20_000)

    expect(await run.oomsAt(clock.monotonicMs())).toBeUndefined()
    expect(run.ram()?.bytes).toBe(1024 * 1024)
  },
)
