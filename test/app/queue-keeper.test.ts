import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Asked } from '../../src/host/net.ts'
import { aKeeper, HOST, SETTINGS } from '../support/queue-keeper.ts'
import { slowPrompt, troublePrompt } from '../support/queue-nodes.ts'
import { queueWorld } from '../support/queue-world.ts'
import { quickClock } from '../support/quick-clock.ts'
import { until, within } from '../support/until.ts'

test('the queue is known while ComfyUI runs, and its last prompt also after its end', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const { keeper, tellState } = aKeeper(world, run)
  expect(keeper.now()).toBeUndefined()
  tellState('running')
  await until(() => keeper.now()?.pending === 0, 'the first look')

  const id = await run.post(slowPrompt(600, 'a'))
  await run.post(slowPrompt(1, 'b'))

  await until(() => keeper.now()?.pending === 1, 'both prompts')
  const { sinceMs = 0 } = keeper.now() ?? {}
  expect(keeper.now()).toEqual({ running: id, pending: 1, sinceMs })
  expect(Date.now() - sinceMs).toBeLessThan(20_000)
  tellState('backoff')
  expect(keeper.now()).toBeUndefined()
  expect(keeper.lastPrompt()).toBe(id)
})

test('a silent death of the worker is seen after the time, its queue is kept and ComfyUI is restarted once', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const { tellState, told, codes, restarts } = aKeeper(world, run)
  tellState('running')
  const dead = await run.post(troublePrompt('exit'))
  await run.runs(dead)
  const waiting = await run.post(slowPrompt(1, 'waits'))

  await until(() => restarts.length > 0, 'the restart')

  expect(restarts).toEqual([expect.stringContaining(`prompt ${dead} has shown no sign of work`)])
  expect(told('stalled')).toEqual([expect.stringContaining(`ComfyUI works no more: prompt ${dead}`)])
  expect(codes()).toEqual(['COMFYUI_STALLED'])
  expect(await world.keptIds()).toEqual([waiting])
  expect(readFileSync(world.layout.refusedFile, 'utf8')).toContain(dead)
  tellState('stopping')
  expect(told('stalled').length).toBe(1)
  tellState('starting')
  expect(told('stalled').at(-1)).toBe('over')
})

test('a worker that dies with an exception is seen at once', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const settings = { ...SETTINGS, stallMs: 24 * 3_600_000 }
  const { tellState, restarts } = aKeeper(world, run, { settings })
  tellState('running')

  await run.post(troublePrompt('escape'))

  await until(() => restarts.length > 0, 'the restart')
  expect(restarts[0]).toBe('the thread that works on its queue has died')
})

test('a prompt that computes without a word is not stalled', async () => {
  const world = await queueWorld()
  const run = await world.start()
  let looks = 0
  const host = {
    ...HOST,
    clock: quickClock(10),
    net: { ...HOST.net, ask: (asked: Asked) => HOST.net.ask(asked).finally(() => looks++) },
  }
  const { tellState, told } = aKeeper(world, run, { settings: { ...SETTINGS, stallMs: 20_000 }, host })
  tellState('running')
  await run.runs(await run.post(troublePrompt('compute')))

  // Two questions a look, four looks until it would be stalled.
  await until(() => looks > 24, 'many looks')

  expect(told('stalled')).toEqual([])
})

test('what is only to be reported is said, and taken back when the prompt goes on', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const { tellState, told, restarts, bus } = aKeeper(world, run, {
    settings: { ...SETTINGS, onStall: 'report' },
  })
  tellState('running')
  await run.runs(await run.post(troublePrompt('hang')))

  await until(() => told('stalled').length === 1, 'the stall')
  bus.tell({ type: 'service-line', service: 'comfyui', stream: 'stdout', bytes: Buffer.from('I go on.') })
  await until(() => told('stalled').length === 2, 'the end of the stall')

  expect(told('stalled')[1]).toBe('over')
  expect(restarts).toEqual([])
  expect(existsSync(world.layout.queueFile)).toBe(false)
})

test('what was kept is queued again once ComfyUI runs, and not while it runs without its nodes', async () => {
  const world = await queueWorld()
  const one = await world.start()
  const first = aKeeper(world, one)
  first.tellState('running')
  await one.runs(await one.post(slowPrompt(600, 'cut')))
  await one.post(slowPrompt(1, 'next'))
  const hurry = new AbortController()
  const drained = first.keeper.drain(hurry.signal)
  await until(() => existsSync(world.layout.queueFile), 'the queue to be kept')
  expect(first.told('draining').length).toBe(1)
  hurry.abort()
  await drained
  const kept = await world.keptIds()
  expect(kept.length).toBe(2)
  await one.kill()

  const two = await world.start()
  const second = aKeeper(world, two)
  second.tellState('running', true)
  await until(() => second.events.some((event) => event.type === 'note'), 'the word that they wait')
  expect(await world.keptIds()).toEqual(kept)
  second.tellState('starting')
  second.tellState('running')
  await until(async () => (await two.ids()).pending.length === 1, 'the prompts to be queued')
  const { running, pending } = await two.ids()
  expect([...running, ...pending]).toEqual(kept)
  expect(await world.keptIds()).toEqual(kept)
})

test('a prompt that is refused is told once, with where it is', async () => {
  const world = await queueWorld()
  await world.kept.add(
    [{ id: 'x', number: 1, text: '[1, "x", {"1": {"class_type": "Gone", "inputs": {}}}, {}, []]' }],
    'before',
  )
  const { tellState, events, codes } = aKeeper(world, await world.start())

  tellState('running')

  await until(() => codes().length > 0, 'the problem')
  const [problem] = events.flatMap((event) => (event.type === 'problem' ? [event.problem] : []))
  expect(problem?.in('docker').why).toContain(world.layout.refusedFile)
  expect(codes()).toEqual(['PROMPTS_REFUSED'])
  expect(await world.keptIds()).toEqual([])
})

test('without COMFY_DRAIN_S, and where ComfyUI does not run, a drain is over at once and says nothing', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const never = new AbortController().signal
  const { keeper, told, tellState } = aKeeper(world, run)
  await keeper.drain(never)
  const off = aKeeper(world, run, { settings: { ...SETTINGS, drainMs: 0 } })
  off.tellState('running')
  await run.post(slowPrompt(600, 'a'))
  await until(() => off.keeper.now()?.pending === 0, 'the first look')
  await off.keeper.drain(never)
  await run.post(slowPrompt(1, 'b'))

  await until(() => off.keeper.now()?.pending === 1, 'a look after the drain')
  expect(told('draining')).toEqual([])
  expect(off.told('draining')).toEqual([])
  expect(existsSync(world.layout.queueFile)).toBe(false)
  tellState('starting')
})

test('a ComfyUI that speaks TLS is not asked', async () => {
  const world = await queueWorld()
  const run = await world.start()
  let asked = 0
  const ask = (question: Asked) => HOST.net.ask(question).finally(() => asked++)
  const ready = { host: '127.0.0.1', port: run.running.port, path: '/prompt', over: 'tls' } as const
  const { tellState } = aKeeper(world, run, {
    spec: { name: 'comfyui', ready },
    host: { ...HOST, net: { ...HOST.net, ask } },
  })
  const other = aKeeper(world, run)
  tellState('running')
  other.tellState('running')

  await until(() => other.keeper.now()?.pending === 0, 'a look of another keeper')

  expect(asked).toBe(0)
})

test('a drain of an empty queue is over at once and says nothing', async () => {
  const world = await queueWorld()
  const { keeper, tellState, events } = aKeeper(world, await world.start())
  tellState('running')
  await until(() => keeper.now()?.pending === 0, 'the first look')

  await keeper.drain(new AbortController().signal)

  expect(events.map(({ type }) => type)).toEqual(['service-state'])
  expect(existsSync(world.layout.queueFile)).toBe(false)
})

test('a drain ends when ComfyUI dies, and when its time is over', async () => {
  const world = await queueWorld()
  const one = await world.start()
  const first = aKeeper(world, one)
  first.tellState('running')
  await one.runs(await one.post(slowPrompt(600, 'a')))
  const dying = first.keeper.drain(new AbortController().signal)
  await until(() => existsSync(world.layout.queueFile), 'the queue to be kept')
  await one.kill()
  first.tellState('backoff')
  await dying

  const two = await world.start()
  const second = aKeeper(world, two, { settings: { ...SETTINGS, drainMs: 10_000 } })
  second.tellState('running')
  await until(async () => (await two.ids()).running.length === 1, 'the kept prompt to run')
  await second.keeper.drain(new AbortController().signal)
  expect((await world.keptIds()).length).toBe(1)
})

test('a stalled ComfyUI is not waited for: what waits is kept, what is stuck laid aside', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const { keeper, tellState, told } = aKeeper(world, run, { settings: { ...SETTINGS, onStall: 'report' } })
  tellState('running')
  await run.runs(await run.post(troublePrompt('hang')))
  const waiting = await run.post(slowPrompt(1, 'a'))
  await until(() => told('stalled').length === 1, 'the stall')

  await keeper.drain(new AbortController().signal)

  expect(await world.keptIds()).toEqual([waiting])
  expect(existsSync(world.layout.refusedFile)).toBe(true)
})

test('a hurry ends the wait for a stalled ComfyUI that answers no more', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const { keeper, tellState, told } = aKeeper(world, run, { settings: { ...SETTINGS, onStall: 'report' } })
  tellState('running')
  await run.runs(await run.post(troublePrompt('hang')))
  await until(() => told('stalled').length === 1, 'the stall')
  run.running.kill('SIGSTOP')
  const hurry = new AbortController()

  const drained = keeper.drain(hurry.signal)
  hurry.abort()

  expect(await within(5000, drained)).toBeUndefined()
})
