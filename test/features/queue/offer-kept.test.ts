import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ComfyuiQueue } from '../../../src/features/queue/comfyui-queue.ts'
import { offerKept } from '../../../src/features/queue/offer-kept.ts'
import { takeQueue } from '../../../src/features/queue/take-queue.ts'
import { realHost } from '../../../src/host/host.ts'
import { slowPrompt, troublePrompt } from '../../support/queue-nodes.ts'
import { queueWorld } from '../../support/queue-world.ts'
import { until } from '../../support/until.ts'

const { clock } = realHost()
const never = new AbortController().signal
const ASIDE = { running: { is: 'laid-aside', reason: 'stuck' }, where: 'before' } as const

test('what ComfyUI has already is not queued a second time, whether it waits, runs or is done', async () => {
  const { start, kept, keptIds, pictures } = await queueWorld()
  const one = await start()
  const done = await one.post(slowPrompt(1, 'done'))
  await one.isIdle()
  const running = await one.post(slowPrompt(20, 'runs'))
  await one.runs(running)
  const waiting = await one.post(slowPrompt(1, 'waits'))
  const queue = await one.queue.all(never)
  const doneOne = {
    id: done,
    number: 0,
    text: `[0, "${done}", ${JSON.stringify(slowPrompt(1, 'done'))}, {}, ["3"]]`,
  }
  await kept.add([doneOne, ...(queue?.running ?? []), ...(queue?.pending ?? [])], 'before')

  await offerKept({ comfyui: one.queue, kept, clock, signal: never })

  expect(await one.ids()).toEqual({ running: [running], pending: [waiting] })
  expect(await keptIds()).toEqual([])
  await one.isIdle()
  expect(pictures()).toEqual(['done', 'runs', 'waits'])
})

test('a prompt that ComfyUI refuses is laid aside with the reason, the others are queued', async () => {
  const { start, place, kept, layout, keptIds, pictures } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(troublePrompt('hang')))
  const lost = await one.post(troublePrompt('hang'))
  await one.post(slowPrompt(1, 'good'))
  await takeQueue({ comfyui: one.queue, kept, signal: never }, ASIDE)
  await one.kill()
  await realHost().fs.remove(`${place.base}/custom_nodes/trouble.py`)

  const two = await start()
  const offering = await offerKept({ comfyui: two.queue, kept, clock, signal: never })
  await two.isIdle()

  expect(offering.queued).toBe(1)
  expect(offering.refused.map(({ prompt, reason }) => [prompt.id, reason])).toEqual([
    [lost, expect.stringContaining("Node 'Trouble' not found")],
  ])
  expect(pictures()).toEqual(['good'])
  expect(await keptIds()).toEqual([])
  expect(JSON.parse(readFileSync(layout.refusedFile, 'utf8')).map((each: unknown[]) => each[5])).toEqual([
    'stuck',
    expect.stringContaining('not found'),
  ])
})

test('an end of ComfyUI in the middle of the offering loses none and doubles none', async () => {
  const { start, kept, keptIds, pictures } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(troublePrompt('hang')))
  for (const name of ['a', 'b', 'c']) await one.post(slowPrompt(1, name))
  await takeQueue({ comfyui: one.queue, kept, signal: never }, ASIDE)
  const ids = await keptIds()
  await one.kill()

  const two = await start()
  await two.runs(await two.post(troublePrompt('hang')))
  const over = new AbortController()
  let offered = 0
  const dying: ComfyuiQueue = {
    ...two.queue,
    offer: async (prompt, signal) => {
      offered++
      if (offered < 3) return two.queue.offer(prompt, signal)
      await two.kill()
      over.abort()
      return two.queue.offer(prompt, signal)
    },
  }
  await offerKept({ comfyui: dying, kept, clock, signal: over.signal })
  expect(await keptIds()).toEqual(ids)

  const three = await start()
  await offerKept({ comfyui: three.queue, kept, clock, signal: never })
  await three.isIdle()
  expect(pictures()).toEqual(['a', 'b', 'c'])
})

test('what is done while others are still being queued is not run again after an end in the middle', async () => {
  const { start, kept, keptIds } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(troublePrompt('hang')))
  for (const name of ['a', 'b']) await one.post(slowPrompt(1, name))
  await takeQueue({ comfyui: one.queue, kept, signal: never }, ASIDE)
  const [first = '', second] = await keptIds()
  await one.kill()

  const two = await start()
  let nowMs = 0
  const over = new AbortController()
  const slow: ComfyuiQueue = {
    ...two.queue,
    offer: async (prompt, signal) => {
      if (prompt.id === second) {
        over.abort()
        return { outcome: 'unknown' }
      }
      const offered = await two.queue.offer(prompt, signal)
      await until(() => two.queue.isDone(first, never), 'the first to be done')
      nowMs += 60_000
      return offered
    },
  }
  await offerKept({ comfyui: slow, kept, clock: { ...clock, monotonicMs: () => nowMs }, signal: over.signal })

  expect(await keptIds()).toEqual([second])
})

test('where ComfyUI does not say whether it has a prompt, that one and those behind it are left for another time', async () => {
  const { start, kept, keptIds, layout } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(troublePrompt('hang')))
  for (const name of ['a', 'b']) await one.post(slowPrompt(1, name))
  await takeQueue({ comfyui: one.queue, kept, signal: never }, ASIDE)
  const ids = await keptIds()
  const silent: ComfyuiQueue = { ...one.queue, offer: async () => ({ outcome: 'unknown' }) }

  const offering = await offerKept({ comfyui: silent, kept, clock, signal: never })

  expect(offering).toEqual({ queued: 0, refused: [], isOver: false })
  expect(await keptIds()).toEqual(ids)
  expect(JSON.parse(readFileSync(layout.refusedFile, 'utf8')).length).toBe(1)
})

test('a ComfyUI that does not answer leaves what was kept for another time', async () => {
  const { start, kept, keptIds, layout } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(troublePrompt('hang')))
  await takeQueue({ comfyui: one.queue, kept, signal: never }, { running: { is: 'kept' }, where: 'before' })
  await one.kill()

  expect((await offerKept({ comfyui: one.queue, kept, clock, signal: never })).isOver).toBe(false)
  expect((await keptIds()).length).toBe(1)
  expect(existsSync(layout.refusedFile)).toBe(false)
})
