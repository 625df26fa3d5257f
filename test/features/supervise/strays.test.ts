import { expect, test } from 'vitest'
import type { Event } from '../../../src/base/event.ts'
import { strays } from '../../../src/features/supervise/strays.ts'
import { realHost } from '../../../src/host/host.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

type Fake = {
  readonly parent: number
  readonly startS: number
  readonly state?: string
  readonly deaf?: 'TERM' | 'KILL' | 'all, being another user’s'
}

const REAL = realHost()

/** When the services began, in seconds since the machine's start. */
const BEGIN_S = 100

/** A PID namespace whose PID 1 is the init that runs us, process 7, with these other processes. */
async function aNamespace(
  others: Readonly<Record<number, Fake>>,
  { init = 'tini -- /usr/bin/comfy-init', pid = 7, ppid = 1 } = {},
) {
  const clock = virtualClock()
  const all = new Map<number, Fake>([
    [1, { parent: 0, startS: 1 }],
    [pid, { parent: ppid, startS: 2 }],
    ...among(others, (fake) => fake.startS < BEGIN_S),
  ])
  const sent: string[] = []
  const signals = {
    ...REAL.signals,
    send: (to: number, name: NodeJS.Signals | 0) => {
      const { deaf } = all.get(to) ?? {}
      if (deaf === 'all, being another user’s') return false
      if (name === 0) return all.has(to)
      sent.push(`${name} ${to}`)
      if (deaf === undefined || (deaf === 'TERM' && name === 'SIGKILL')) all.delete(to)
      return true
    },
  }
  const fs = {
    ...REAL.fs,
    list: async () => ['self', ...[...all.keys()].map(String)],
    readText: async (path: string) => {
      if (path === '/proc/1/cmdline') return init.split(' ').join('\0')
      const fake = all.get(Number(/^\/proc\/(\d+)\/stat$/.exec(path)?.[1]))
      const start = (fake?.startS ?? 0) * 100
      return (
        fake &&
        `9 (a (b) c) ${fake.state ?? 'S'} ${fake.parent} 9 9 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 ${start} 9 9`
      )
    },
  }
  const events: Event[] = []
  const self = { ...REAL.self, pid, ppid, file: '/usr/bin/comfy-init' }
  const sweep = strays({ fs, clock, signals, self }, (event) => events.push(event))
  await clock.advance(0)
  for (const [each, fake] of among(others, ({ startS }) => startS >= BEGIN_S)) all.set(each, fake)
  return { sweep, sent, clock, events, all }
}

function among(others: Readonly<Record<number, Fake>>, which: (fake: Fake) => boolean) {
  return Object.entries(others)
    .filter(([, fake]) => which(fake))
    .map(([pid, fake]) => [Number(pid), fake] as const)
}

const STRAY: Fake = { parent: 1, startS: 150 }

test('what left its service is asked to end, and told of', async () => {
  const { sweep, sent, events } = await aNamespace({ 20: STRAY, 21: { parent: 20, startS: 151 } })
  await sweep.end()
  expect(sent).toEqual(['SIGTERM 20', 'SIGTERM 21'])
  expect(events).toMatchObject([
    { type: 'note', text: expect.stringContaining('a (b) c (20), a (b) c (21)') },
  ])
})

test('nobody is told anything where there is nobody', async () => {
  const { sweep, sent, events } = await aNamespace({})
  await sweep.end()
  expect([sent, events]).toEqual([[], []])
})

test('one that is deaf is killed once the grace is over, which is never less than 300 ms', async () => {
  const { sweep, sent, clock, all } = await aNamespace({ 20: { ...STRAY, deaf: 'TERM' } })
  sweep.within(0)
  const over = sweep.end()
  await clock.advance(299)
  expect(sent).toEqual(['SIGTERM 20'])
  await clock.advance(40)
  await over
  expect(sent).toEqual(['SIGTERM 20', 'SIGKILL 20'])
  expect(all.has(20)).toBe(false)
})

test('what is left of the grace is its time, and a second request to stop shortens that', async () => {
  const { sweep, sent, clock } = await aNamespace({ 20: { ...STRAY, deaf: 'TERM' } })
  sweep.within(1500)
  const over = sweep.end()
  await clock.advance(1000)
  expect(sent).toEqual(['SIGTERM 20'])
  sweep.within(100)
  await clock.advance(140)
  await over
  expect(sent).toEqual(['SIGTERM 20', 'SIGKILL 20'])
})

test('however much is left, nobody is waited for longer than two seconds', async () => {
  const { sweep, sent, clock } = await aNamespace({ 20: { ...STRAY, deaf: 'TERM' } })
  sweep.within(600_000)
  const over = sweep.end()
  await clock.advance(2040)
  await over
  expect(sent).toEqual(['SIGTERM 20', 'SIGKILL 20'])
})

test('whoever we may not signal is not waited for', async () => {
  const { sweep, sent, events } = await aNamespace({ 20: { ...STRAY, deaf: 'all, being another user’s' } })
  await sweep.end()
  expect([sent, events]).toEqual([[], []])
})

test('one that nothing ends does not hold us up', async () => {
  const { sweep, clock } = await aNamespace({ 20: { ...STRAY, deaf: 'KILL' } })
  sweep.within(0)
  const over = sweep.end()
  await clock.advance(400)
  await over
})

test('whoever was there before, or came in from outside, is not touched, nor what they started', async () => {
  const { sweep, sent } = await aNamespace({
    10: { parent: 1, startS: 50 },
    11: { parent: 10, startS: 150 },
    30: { parent: 0, startS: 150 },
    31: { parent: 30, startS: 151 },
  })
  await sweep.end()
  expect(sent).toEqual([])
})

test('a zombie is left to whoever reaps', async () => {
  const { sweep, sent } = await aNamespace({ 20: { ...STRAY, state: 'Z' } })
  await sweep.end()
  expect(sent).toEqual([])
})

test('what we started ourselves and left running is ended too', async () => {
  const { sweep, sent } = await aNamespace({ 20: { parent: 7, startS: 150 } })
  await sweep.end()
  expect(sent).toEqual(['SIGTERM 20'])
})

test.each([
  ['a machine’s own init is PID 1', { init: '/sbin/init splash' }],
  ['PID 1 runs something else', { init: '/pause' }],
  ['our parent is another than PID 1', { ppid: 10 }],
  ['we came in from outside', { ppid: 0 }],
])('nobody is touched where %s', async (_, place) => {
  const { sweep, sent } = await aNamespace({ 20: STRAY, 10: { parent: 1, startS: 1 } }, place)
  await sweep.end()
  expect(sent).toEqual([])
})

test('as PID 1 ourselves we are alone in any case', async () => {
  const { sweep, sent } = await aNamespace({ 20: STRAY }, { pid: 1, ppid: 0, init: 'comfy-init' })
  await sweep.end()
  expect(sent).toEqual(['SIGTERM 20'])
})

test('a number that was another’s before is not taken for that one', async () => {
  const { sweep, sent, all } = await aNamespace({ 20: { parent: 1, startS: 50 } })
  all.set(20, STRAY)
  await sweep.end()
  expect(sent).toEqual(['SIGTERM 20'])
})
