import { expect, test } from 'vitest'
import { systemCode } from '../../../src/base/problem.ts'
import type { ComfyuiQueue } from '../../../src/features/queue/comfyui-queue.ts'
import { drainQueue } from '../../../src/features/queue/drain-queue.ts'
import { handedPrompts } from '../../../src/features/queue/handed.ts'
import { offerKept } from '../../../src/features/queue/offer-kept.ts'
import { dropDone, takeQueue } from '../../../src/features/queue/take-queue.ts'
import { realHost } from '../../../src/host/host.ts'
import { slowPrompt, troublePrompt } from '../../support/queue-nodes.ts'
import { queueWorld } from '../../support/queue-world.ts'
import { until } from '../../support/until.ts'

const { clock } = realHost()
const never = new AbortController().signal
const onWait = () => {}
const onNotKept = (error: unknown) => {
  throw error
}

test('a drain waits for the prompt that runs, and the next start runs those that waited, in their order', async () => {
  const { start, kept, keptIds, pictures } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(slowPrompt(10, 'a')))
  const second = await one.post(slowPrompt(1, 'c'))
  const first = await one.post(slowPrompt(1, 'b'), { front: true })

  expect(await drainQueue({ comfyui: one.queue, kept, clock, signal: never, onWait, onNotKept })).toBe('idle')

  expect(pictures()).toEqual(['a'])
  expect(await keptIds()).toEqual([first, second])
  await one.kill()
  const two = await start()
  const handed = handedPrompts({ comfyui: two.queue, kept }, clock)
  const offering = await offerKept({ comfyui: two.queue, kept, handed, signal: never })
  expect(offering).toEqual({ queued: 2, refused: [], isOver: true })
  expect(await keptIds()).toEqual([first, second])
  await two.isIdle()
  await handed.settle(never)
  expect(pictures()).toEqual(['a', 'b', 'c'])
  expect(await keptIds()).toEqual([])
})

test('from its beginning on everything is kept, so that a kill loses nothing', async () => {
  const { start, kept, keptIds } = await queueWorld()
  const one = await start()
  const running = await one.post(slowPrompt(600, 'long'))
  await one.runs(running)
  const waiting = await one.post(slowPrompt(1, 'next'))
  const hurry = new AbortController()

  const drain = drainQueue({ comfyui: one.queue, kept, clock, signal: hurry.signal, onWait, onNotKept })
  await until(async () => (await one.ids()).pending.length === 0, 'the queue to be taken')

  expect(await keptIds()).toEqual([running, waiting])
  hurry.abort()
  expect(await drain).toBe('cut-off')
  expect(await keptIds()).toEqual([running, waiting])
})

test('what others queue during a drain is kept behind what was there', async () => {
  const { start, kept, keptIds } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(slowPrompt(15, 'a')))
  const before = await one.post(slowPrompt(1, 'b'))

  const drain = drainQueue({ comfyui: one.queue, kept, clock, signal: never, onWait, onNotKept })
  await until(async () => (await one.ids()).pending.length === 0, 'the queue to be taken')
  const after = await one.post(slowPrompt(600, 'c'))

  expect(await drain).toBe('idle')
  expect(await keptIds()).toEqual([before, after])
})

test('what began during the drain and came to its end is not kept', async () => {
  const { start, kept, keptIds, pictures } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(slowPrompt(15, 'a')))
  const before = await one.post(slowPrompt(1, 'b'))
  let removals = 0
  const comfyui: ComfyuiQueue = {
    ...one.queue,
    remove: async (ids, signal) => removals++ === 0 && one.queue.remove(ids, signal),
  }

  const drain = drainQueue({ comfyui, kept, clock, signal: never, onWait, onNotKept })
  await until(async () => (await one.ids()).pending.length === 0, 'the queue to be taken')
  await one.post(slowPrompt(10, 'c'))

  expect(await drain).toBe('idle')
  expect(pictures()).toEqual(['a', 'c'])
  expect(await keptIds()).toEqual([before])
})

test('a ComfyUI that is gone is asked until nobody waits any more', async () => {
  const { start, kept, keptIds } = await queueWorld()
  const one = await start()
  await one.kill()
  const late = new AbortController()
  let looks = 0
  const look: ComfyuiQueue['look'] = (signal) => {
    looks++
    if (looks === 3) late.abort()
    return one.queue.look(signal)
  }
  const comfyui = { ...one.queue, look }

  expect(await drainQueue({ comfyui, kept, clock, signal: late.signal, onWait, onNotKept })).toBe(
    'unanswered',
  )
  expect(looks).toBe(3)
  expect(await keptIds()).toEqual([])
})

test('a look and an answer that do not come are asked for again, and all is kept', async () => {
  const { start, kept, keptIds, pictures } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(slowPrompt(20, 'a')))
  const waiting = await one.post(slowPrompt(1, 'b'))
  let looks = 0
  let answers = 0
  const comfyui: ComfyuiQueue = {
    ...one.queue,
    look: async (signal) => (looks++ === 0 ? undefined : one.queue.look(signal)),
    all: async (signal) => (answers++ === 0 ? undefined : one.queue.all(signal)),
  }

  expect(await drainQueue({ comfyui, kept, clock, signal: never, onWait, onNotKept })).toBe('idle')

  expect(pictures()).toEqual(['a'])
  expect(await keptIds()).toEqual([waiting])
})

test('a queue that is never written out is told once, at the end', async () => {
  const { start, kept } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(slowPrompt(600, 'a')))
  const late = new AbortController()
  const told: unknown[] = []
  let asked = 0
  const comfyui: ComfyuiQueue = {
    ...one.queue,
    all: async () => {
      asked++
      if (asked === 3) late.abort()
      return undefined
    },
  }

  const drained = await drainQueue({
    ...{ comfyui, kept, clock, signal: late.signal, onWait },
    onNotKept: (error) => told.push(error),
  })

  expect(drained).toBe('not-kept')
  expect(told).toEqual([undefined])
  expect(asked).toBe(3)
})

test('where the workspace takes no file, those that wait run as well while there is time', async () => {
  const { start, kept, pictures } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(slowPrompt(5, 'a')))
  await one.post(slowPrompt(5, 'b'))
  const failing = { ...kept, add: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) }
  const told: unknown[] = []

  const drained = await drainQueue({
    ...{ comfyui: one.queue, kept: failing, clock, signal: never },
    onWait,
    onNotKept: (error) => told.push(systemCode(error)),
  })

  expect(drained).toBe('idle')
  expect(told).toEqual(['ENOSPC'])
  expect(pictures()).toEqual(['a', 'b'])
})

test('prompts are kept before they leave the queue', async () => {
  const { start, kept, keptIds } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(troublePrompt('hang')))
  const waiting = await one.post(troublePrompt('hang'))
  let keptAtRemoval: readonly string[] = []
  const comfyui: ComfyuiQueue = {
    ...one.queue,
    remove: async () => {
      keptAtRemoval = await keptIds()
      return false
    },
  }

  await takeQueue({ comfyui, kept, signal: never }, { running: { is: 'kept' }, where: 'before' })

  expect(keptAtRemoval).toContain(waiting)
})

test('of prompts that have not begun only the first is asked for', async () => {
  const { kept } = await queueWorld()
  const prompts = ['a', 'b', 'c', 'd'].map((id, number) => ({
    id,
    number,
    text: `[${number}, "${id}", {}, {}, []]`,
  }))
  await kept.add(prompts, 'before')
  const asked: string[] = []
  const isDone = async (id: string) => {
    asked.push(id)
    return id === 'a' || id === 'd'
  }
  const nobody = () => Promise.reject(new Error('Nobody should ask.'))
  const comfyui: ComfyuiQueue = { look: nobody, all: nobody, remove: nobody, offer: nobody, isDone }

  await dropDone({ comfyui, kept, signal: never }, prompts, new Set(['d']))

  expect(asked).toEqual(['a', 'b', 'd'])
  expect((await kept.read()).map(({ id }) => id)).toEqual(['b', 'c'])
})
