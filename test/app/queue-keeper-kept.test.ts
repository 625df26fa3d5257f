import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { QueuedPrompt } from '../../src/features/queue/queued-prompt.ts'
import type { Asked } from '../../src/host/net.ts'
import { aKeeper, HOST, SETTINGS } from '../support/queue-keeper.ts'
import { slowPrompt } from '../support/queue-nodes.ts'
import { queueWorld } from '../support/queue-world.ts'
import { until, within } from '../support/until.ts'

test('a prompt that was queued again stays kept until it is over, and a death of ComfyUI loses none', async () => {
  const world = await queueWorld()
  await world.kept.add([keptPrompt('one', 2), keptPrompt('cut', 600), keptPrompt('next', 1)], 'before')
  const [done = '', ...left] = await world.keptIds()
  const one = await world.start()
  const { tellState, tellDeath } = aKeeper(world, one)
  tellState('running')

  await until(async () => !(await world.keptIds()).includes(done), 'the first to be over')

  expect(await world.keptIds()).toEqual(left)
  await one.runs(left[0] ?? '')
  await one.kill()
  tellDeath()
  const two = await world.start()
  aKeeper(world, two).tellState('running')
  await until(async () => (await two.ids()).pending.length === 1, 'what is left to be queued')
  const { running, pending } = await two.ids()
  expect([...running, ...pending]).toEqual(left)
})

test('a prompt of which ComfyUI dies twice is laid aside and told, and the others go on', async () => {
  const world = await queueWorld()
  await world.kept.add([keptPrompt('deadly', 600), keptPrompt('good', 1)], 'before')
  const [deadly = '', good] = await world.keptIds()
  for (const isLast of [false, true]) {
    const run = await world.start()
    const { keeper, tellState, tellDeath, codes } = aKeeper(world, run)
    tellState('running')
    await until(() => keeper.now()?.running === deadly, 'the prompt to be seen to run')
    await run.kill()
    tellDeath()
    if (isLast) await until(() => codes().includes('PROMPT_DEADLY'), 'the word of it')
    else await until(() => /, 1\]/.test(readFileSync(world.layout.queueFile, 'utf8')), 'its count')
  }

  expect(await world.keptIds()).toEqual([good])
  expect(readFileSync(world.layout.refusedFile, 'utf8')).toContain('"ComfyUI died when it ran"]')
})

test('a prompt at whose offering ComfyUI dies is the one to blame', async () => {
  const world = await queueWorld()
  await world.kept.add([keptPrompt('deadly', 1), keptPrompt('good', 1)], 'before')
  const run = await world.start()
  let offers = 0
  const ask = async (asked: Asked) => {
    if (asked.method !== 'POST') return HOST.net.ask(asked)
    if (offers++ === 0) await run.kill()
    return undefined
  }
  const { tellState, tellDeath } = aKeeper(world, run, { host: { ...HOST, net: { ...HOST.net, ask } } })
  tellState('running')
  await until(() => offers > 0, 'the offer')
  tellDeath()

  await until(() => /, 1\],/.test(readFileSync(world.layout.queueFile, 'utf8')), 'its count')
})

test('what waits is kept before ComfyUI is restarted by a person, and what runs is left', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const { keeper, tellState } = aKeeper(world, run, { settings: { ...SETTINGS, drainMs: 0 } })
  await keeper.keep()
  tellState('running')
  const running = await run.post(slowPrompt(600, 'a'))
  await run.runs(running)
  const waiting = await run.post(slowPrompt(1, 'b'))

  await keeper.keep()

  expect(await world.keptIds()).toEqual([waiting])
  expect(await run.ids()).toEqual({ running: [running], pending: [] })
})

test('nobody waits long for a ComfyUI that does not answer when its queue is to be kept', async () => {
  const world = await queueWorld()
  const run = await world.start()
  await world.kept.add([keptPrompt('handed', 600)], 'before')
  const { keeper, tellState, codes } = aKeeper(world, run)
  tellState('running')
  await until(() => keeper.now()?.running !== undefined, 'the kept prompt to run')
  run.running.kill('SIGSTOP')

  expect(await within(5000, keeper.keep())).toBeUndefined()

  expect(codes()).toEqual(['QUEUE_NOT_KEPT'])
})

test('that nothing is kept of a ComfyUI which speaks TLS is said where it would be', async () => {
  const world = await queueWorld()
  const run = await world.start()
  const ready = { host: '127.0.0.1', port: run.running.port, path: '/prompt', over: 'tls' } as const
  const spec = { name: 'comfyui', ready }

  expect(aKeeper(world, run, { spec }).codes()).toEqual(['QUEUE_OVER_TLS'])
  expect(aKeeper(world, run, { spec, settings: { ...SETTINGS, drainMs: 0 } }).codes()).toEqual([])
  expect(aKeeper(world, run).codes()).toEqual([])
})

test('a file that cannot be read is told with where it was put', async () => {
  const world = await queueWorld()
  const run = await world.start()
  await world.kept.add([keptPrompt('a', 1)], 'before')
  writeFileSync(world.layout.queueFile, '[[1, "torn')
  const { tellState, events } = aKeeper(world, run)
  tellState('running')

  const problem = await until(
    () => events.flatMap((event) => (event.type === 'problem' ? [event.problem] : []))[0],
    'the problem',
  )
  expect(problem.code).toBe('PROMPTS_UNREADABLE')
  expect(problem.in('docker').why).toContain(`${world.layout.queueFile}.unreadable-`)
})

test('a mistake of this program is told as one, not as an error of the disk', async () => {
  const world = await queueWorld()
  const run = await world.start()
  await world.kept.add([keptPrompt('a', 1)], 'before')
  const ask = (asked: Asked) =>
    asked.path === '/queue' ? Promise.reject(new TypeError('x is not a function')) : HOST.net.ask(asked)
  const { tellState, events, codes } = aKeeper(world, run, {
    host: { ...HOST, net: { ...HOST.net, ask } },
  })
  tellState('running')

  const note = await until(() => events.find(({ type }) => type === 'note'), 'the word of it')
  expect(note).toMatchObject({ level: 'error', text: expect.stringContaining('x is not a function') })
  expect(codes()).toEqual([])
})

function keptPrompt(prefix: string, tenths: number): QueuedPrompt {
  const id = randomUUID()
  return { id, number: 0, text: `[0, "${id}", ${JSON.stringify(slowPrompt(tenths, prefix))}, {}, ["3"]]` }
}
