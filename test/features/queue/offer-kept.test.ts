import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ComfyuiQueue } from '../../../src/features/queue/comfyui-queue.ts'
import { type Handed, handedPrompts } from '../../../src/features/queue/handed.ts'
import { offerKept } from '../../../src/features/queue/offer-kept.ts'
import { takeQueue } from '../../../src/features/queue/take-queue.ts'
import { realHost } from '../../../src/host/host.ts'
import { slowPrompt, troublePrompt } from '../../support/queue-nodes.ts'
import { queueWorld } from '../../support/queue-world.ts'

const { clock } = realHost()
/** What a run of ComfyUI has of the kept prompts. */
function handedTo(
  comfyui: ComfyuiQueue,
  { kept }: Pick<Awaited<ReturnType<typeof queueWorld>>, 'kept'>,
): Handed {
  return handedPrompts({ comfyui, kept }, clock)
}

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

  const handed = handedTo(one.queue, { kept })
  await offerKept({ comfyui: one.queue, kept, handed, signal: never })

  expect(await one.ids()).toEqual({ running: [running], pending: [waiting] })
  expect(await keptIds()).toEqual([running, waiting])
  await one.isIdle()
  await handed.settle(never)
  expect(await keptIds()).toEqual([])
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
  const handed = handedTo(two.queue, { kept })
  const offering = await offerKept({ comfyui: two.queue, kept, handed, signal: never })
  expect(await keptIds()).not.toContain(lost)
  await two.isIdle()
  await handed.settle(never)

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
  await offerKept({ comfyui: dying, kept, handed: handedTo(dying, { kept }), signal: over.signal })
  expect(await keptIds()).toEqual(ids)

  const three = await start()
  await offerKept({ comfyui: three.queue, kept, handed: handedTo(three.queue, { kept }), signal: never })
  await three.isIdle()
  expect(pictures()).toEqual(['a', 'b', 'c'])
})

test('where ComfyUI does not say whether it has a prompt, that one and those behind it are left for another time', async () => {
  const { start, kept, keptIds, layout } = await queueWorld()
  const one = await start()
  await one.runs(await one.post(troublePrompt('hang')))
  for (const name of ['a', 'b']) await one.post(slowPrompt(1, name))
  await takeQueue({ comfyui: one.queue, kept, signal: never }, ASIDE)
  const ids = await keptIds()
  const silent: ComfyuiQueue = { ...one.queue, offer: async () => ({ outcome: 'unknown' }) }

  const offering = await offerKept({
    comfyui: silent,
    kept,
    handed: handedTo(silent, { kept }),
    signal: never,
  })

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

  expect(
    (await offerKept({ comfyui: one.queue, kept, handed: handedTo(one.queue, { kept }), signal: never }))
      .isOver,
  ).toBe(false)
  expect((await keptIds()).length).toBe(1)
  expect(existsSync(layout.refusedFile)).toBe(false)
})

test('a prompt of which ComfyUI never says whether it has it holds up the others three times', async () => {
  const world = await queueWorld()
  const { start, kept, keptIds } = world
  await kept.add(['odd', 'good'].map(aPrompt), 'before')
  const one = await start()
  const offered: string[] = []
  const comfyui: ComfyuiQueue = {
    ...one.queue,
    isDone: async (id) => (id === 'odd' ? undefined : false),
    offer: async ({ id }) => {
      offered.push(id)
      return { outcome: 'queued' }
    },
  }
  const handed = handedTo(comfyui, world)
  const pass = () => offerKept({ comfyui, kept, handed, signal: never })

  expect([await pass(), await pass()].map(({ queued }) => queued)).toEqual([0, 0])
  expect(await pass()).toEqual({ queued: 1, refused: [], isOver: false })

  expect(offered).toEqual(['good'])
  await pass()
  expect(offered).toEqual(['good'])
  expect(await keptIds()).toEqual(['odd', 'good'])
})

test('a prompt that was kept for an earlier start and is stuck in a stalled ComfyUI is kept no more', async () => {
  const { start, kept, keptIds, layout } = await queueWorld()
  const one = await start()
  const stuck = await one.post(troublePrompt('hang'))
  await one.runs(stuck)
  await kept.add((await one.queue.all(never))?.running ?? [], 'before')

  await takeQueue({ comfyui: one.queue, kept, signal: never }, ASIDE)

  expect(await keptIds()).toEqual([])
  expect(readFileSync(layout.refusedFile, 'utf8')).toContain(stuck)
})

function aPrompt(id: string, number: number) {
  return { id, number, text: `[${number}, "${id}", {}, {}, []]` }
}
