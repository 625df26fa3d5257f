import { spawn } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import type { ComfyuiQueue, QueueLook } from '../../../src/features/queue/comfyui-queue.ts'
import { watchQueue } from '../../../src/features/queue/watch-queue.ts'
import type { Clock } from '../../../src/host/clock.ts'
import { realHost } from '../../../src/host/host.ts'
import { quickClock } from '../../support/quick-clock.ts'
import { until } from '../../support/until.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const { fs } = realHost()
const STUCK: QueueLook = { running: 'a', remaining: 1 }
const IDLE: QueueLook = { running: undefined, remaining: 0 }

/** What its queue says at each look, counted from 1. */
type Told = { readonly says?: (look: number) => QueueLook | undefined; readonly stallMs?: number }

/** A watch over a sleeping process whose queue says what it is told to; counts looks and stalls. */
function aWatch(clock: Clock, { says = () => STUCK, stallMs = 60_000 }: Told = {}) {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
  const over = new AbortController()
  onTestFinished(() => {
    over.abort()
    child.kill('SIGKILL')
  })
  const seen = { looks: 0, listings: 0, works: 0, stalls: [] as string[] }
  const nobody = () => Promise.reject(new Error('Nobody should ask.'))
  const comfyui: ComfyuiQueue = {
    ...{ all: nobody, remove: nobody, offer: nobody, isDone: nobody },
    look: async () => {
      seen.looks++
      return says(seen.looks)
    },
  }
  const watch = watchQueue(
    { fs: { ...fs, list: (path) => fs.list(path).finally(() => seen.listings++) }, clock },
    {
      ...{ comfyui, stallMs, group: child.pid ?? 0, signal: over.signal },
      isGpuBusy: () => false,
      onLook: () => {},
      onDone: () => {},
      onStall: (why) => seen.stalls.push(why),
      onWork: () => seen.works++,
    },
  )
  const hear = (line: string) => watch.hear(Buffer.from(line))
  return { seen, hear }
}

test('the queue is looked at every five seconds, and soon after a line that says that it changed', async () => {
  const clock = virtualClock()
  const { seen, hear } = aWatch(clock, { says: () => IDLE })
  await clock.advance(4000)
  expect(seen.looks).toBe(1)
  hear('a line of no interest')
  await clock.advance(500)
  expect(seen.looks).toBe(1)

  hear('got prompt')
  await clock.advance(300)

  expect(seen.looks).toBe(2)
  await clock.advance(4999)
  expect(seen.looks).toBe(2)
  await clock.advance(1)
  expect(seen.looks).toBe(3)
})

test('many such lines make few looks', async () => {
  const clock = virtualClock()
  const { seen, hear } = aWatch(clock, { says: () => IDLE })
  for (let atMs = 0; atMs < 3000; atMs += 10) {
    hear('Prompt executed in 0.01 seconds')
    await clock.advance(10)
  }

  expect(seen.looks).toBeLessThan(12)
})

test('a stall is told once, however long it lasts', async () => {
  const { seen } = aWatch(quickClock(100))
  await until(() => seen.stalls.length > 0, 'the stall')
  const { looks } = seen
  await until(() => seen.looks > looks + 5, 'more looks')

  expect(seen.stalls.length).toBe(1)
})

test('a dead worker stays dead where HTTP does not answer each time', async () => {
  const { seen, hear } = aWatch(quickClock(100), { says: (look) => (look % 2 === 0 ? undefined : IDLE) })
  hear('Exception in thread Thread-4 (prompt_worker):')

  await until(() => seen.looks > 8, 'some looks')

  expect(seen).toMatchObject({ works: 0, stalls: ['the thread that works on its queue has died'] })
})

test('a worker that died while HTTP never answered says nothing of the queue', async () => {
  const { seen, hear } = aWatch(quickClock(100), { says: () => undefined })
  hear('Exception in thread Thread-4 (prompt_worker):')

  await until(() => seen.looks > 8, 'some looks')

  expect(seen.stalls).toEqual([])
})

test('prompts that others queue do not make a stuck ComfyUI look alive', async () => {
  const { seen, hear } = aWatch(quickClock(100))
  const timer = setInterval(() => hear('got prompt'), 20)
  onTestFinished(() => clearInterval(timer))

  await until(() => seen.stalls.length > 0, 'the stall')
})

test('a line of output makes it look alive', async () => {
  const { seen, hear } = aWatch(quickClock(100))
  const timer = setInterval(() => hear('  5%|# | 1/20 [00:03<01:05,  3.44s/it]'), 20)
  onTestFinished(() => clearInterval(timer))

  await until(() => seen.looks > 40, 'more than three times the time')

  expect(seen.stalls).toEqual([])
})

test('with a time of 0 no process is looked at, and nothing is ever stalled', async () => {
  const { seen, hear } = aWatch(quickClock(1000), { stallMs: 0 })
  hear('Exception in thread Thread-4 (prompt_worker):')

  await until(() => seen.looks > 20, 'many looks')

  expect(seen).toMatchObject({ listings: 0, stalls: [] })
})

test('a ComfyUI that runs no more is not looked at any more', async () => {
  const clock = virtualClock()
  const over = new AbortController()
  let looks = 0
  const nobody = () => Promise.reject(new Error('Nobody should ask.'))
  const { ended } = watchQueue(
    { fs, clock },
    {
      ...{ group: 1, stallMs: 0, signal: over.signal, isGpuBusy: () => false },
      comfyui: {
        ...{ all: nobody, remove: nobody, offer: nobody, isDone: nobody },
        look: async () => {
          looks++
          return undefined
        },
      },
      ...{ onLook: () => {}, onDone: () => {}, onStall: () => {}, onWork: () => {} },
    },
  )
  await clock.advance(6000)
  over.abort()
  await clock.advance(60_000)

  await ended
  expect(looks).toBe(2)
})

test('an idle ComfyUI that answers no more is found, whatever its queue held', async () => {
  const { seen } = aWatch(quickClock(100), { says: (look) => (look < 3 ? IDLE : undefined) })

  await until(() => seen.stalls.length > 0, 'the stall')

  expect(seen.stalls).toEqual(['it answers no more'])
})
