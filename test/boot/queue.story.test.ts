import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { QUEUE_NODES, slowPrompt, troublePrompt } from '../support/queue-nodes.ts'
import { makeWorld, type World } from '../support/story.ts'
import { until } from '../support/until.ts'
import { bootReady, stop } from './boot-ready.ts'

/** A world whose ComfyUI has the node that gets into trouble. */
async function troubleWorld() {
  const world = await makeWorld()
  writeFileSync(`${world.box.layer}/opt/ComfyUI/custom_nodes/trouble.py`, QUEUE_NODES)
  return world
}

async function post(world: World, prompt: object): Promise<string> {
  const init = { method: 'POST', body: JSON.stringify({ prompt }) }
  const answer = await fetch(`http://127.0.0.1:${world.port}/prompt`, init)
  return ((await answer.json()) as { prompt_id: string }).prompt_id
}

async function runs(world: World, id: string): Promise<void> {
  await until(async () => {
    const queue = (await world.get('/queue', world.port))?.text ?? '{}'
    return JSON.parse(queue).queue_running?.[0]?.[1] === id
  }, `${id} to run`)
}

function isUnready(answer: Awaited<ReturnType<World['get']>>) {
  return answer?.status === 503 ? answer : undefined
}

function pictures({ workspace }: World): readonly string[] {
  const folder = `${workspace}/ComfyUI/output`
  const names = existsSync(folder) ? readdirSync(folder, { encoding: 'utf8' }) : []
  return names.filter((name) => name.endsWith('.png')).map((name) => name.replace(/_\d+_\.png$/, ''))
}

function kept({ workspace }: World, name = 'queue.json'): readonly string[] {
  const path = `${workspace}/.comfy-init/${name}`
  if (!existsSync(path)) return []
  return JSON.parse(readFileSync(path, 'utf8')).map((each: readonly string[]) => each[1])
}

test('a queue that dies with an exception is reported, ComfyUI is restarted, and what waited is run', async () => {
  const world = await troubleWorld()
  const container = await bootReady(world, {})

  const deadly = await post(world, troublePrompt('escape'))
  await post(world, slowPrompt(1, 'waited')).catch(() => 'it was restarted before')

  await until(() => container.err().includes('COMFYUI_STALLED'), 'the report')
  await until(() => kept(world, 'queue-refused.json').includes(deadly), 'the deadly prompt to be laid aside')
  await world.ready(container)
  await until(async () => (await world.status()).services[0]?.restarts === 1, 'the restart')
  expect(kept(world, 'queue-refused.json')).toEqual([deadly])
  await stop(container)
})

test('a queue that dies without a word is found out, and what waited is run after the restart', async () => {
  const world = await troubleWorld()
  const container = await bootReady(world, { env: { COMFY_STALL_S: '10' } })

  const silent = await post(world, troublePrompt('exit'))
  await runs(world, silent)
  await post(world, slowPrompt(1, 'one'))
  await post(world, slowPrompt(1, 'two'))

  await until(() => pictures(world).length === 2, 'the pictures', 60_000)
  expect(pictures(world)).toEqual(['one', 'two'])
  expect(container.err()).toContain(`prompt ${silent} has shown no sign of work for`)
  await until(() => kept(world).length === 0, 'nothing to be kept any more')
  expect(kept(world, 'queue-refused.json')).toEqual([silent])
  await world.ready(container)
  await stop(container)
})

test('a stalled ComfyUI is not ready, and where it is only reported it stays as it is', async () => {
  const world = await troubleWorld()
  const container = await bootReady(world, { env: { COMFY_ON_STALL: 'report' } })

  await post(world, troublePrompt('escape'))

  await until(async () => (await world.get('/ready'))?.status === 503, '/ready to say 503')
  const answer = await world.get('/ready')
  expect(answer?.text).toContain('has died')
  expect((await world.status()).services[0]).toMatchObject({ state: 'running', restarts: 0 })
  expect((await world.ask(container, 'restart', 'comfyui')).code).toBe(0)
  await world.ready(container)
  await stop(container)
})

test('a stop waits for the running prompt, keeps those that wait, and the next boot runs them', async () => {
  const world = await troubleWorld()
  const first = await bootReady(world, { name: 'one', env: { COMFY_DRAIN_S: '60' } })
  await runs(world, await post(world, slowPrompt(30, 'running')))
  const waiting = await post(world, slowPrompt(1, 'waiting'))

  first.kill('SIGTERM')
  const answer = await until(async () => isUnready(await world.get('/ready')), '/ready to say 503')
  expect(answer.text).toMatch(/stopping|one waits and is kept for the next start/)
  await until(
    () => first.err().includes('One prompt runs and has up to 60 s to finish; one waits'),
    'the word',
  )

  expect(await first.ended).toBe(0)
  expect(pictures(world)).toEqual(['running'])
  expect(kept(world)).toEqual([waiting])
  const second = await bootReady(world, { name: 'one' })
  await expectAllMade(world, ['running', 'waiting'])
  await stop(second)
})

test('a second TERM ends the wait, and the prompt that was cut off is kept as well', async () => {
  const world = await troubleWorld()
  const container = await bootReady(world, { env: { COMFY_DRAIN_S: '600' } })
  const long = await post(world, slowPrompt(900, 'long'))
  await runs(world, long)
  const waiting = await post(world, slowPrompt(1, 'waiting'))

  container.kill('SIGTERM')
  await until(() => kept(world).length === 2, 'the queue to be kept')
  const startMs = performance.now()
  container.kill('SIGTERM')

  expect(await container.ended).toBe(0)
  expect(performance.now() - startMs).toBeLessThan(20_000)
  expect(kept(world)).toEqual([long, waiting])
})

test('a kill during the wait loses nothing', async () => {
  const world = await troubleWorld()
  await killedInTheWait(world, ['cut', 'waiting'])

  const container = await bootReady(world, { name: 'one' })

  await expectAllMade(world, ['cut', 'waiting'])
  await stop(container)
})

test('a kill of ComfyUI loses none of the prompts that were queued again', async () => {
  const world = await troubleWorld()
  await killedInTheWait(world, ['one', 'two'])
  const container = await bootReady(world, { name: 'one' })
  await runs(world, kept(world)[0] ?? '')

  await world.box.exec(container, ['pkill', '-KILL', '-f', 'main.py'])

  await expectAllMade(world, ['one', 'two'])
  await stop(container)
})

test.each([
  ['restart', ['restart']],
  ['stop and start', ['stop', 'start']],
])('what waits is run after a %s by hand', async (_, acts) => {
  const world = await troubleWorld()
  const container = await bootReady(world, {})
  await runs(world, await post(world, slowPrompt(900, 'running')))
  await post(world, slowPrompt(1, 'one'))
  await post(world, slowPrompt(1, 'two'))

  for (const act of acts) expect((await world.ask(container, act, 'comfyui')).code).toBe(0)

  await expectAllMade(world, ['one', 'two'])
  await stop(container)
})

/** A container «one» that was told to stop, waited for its first prompt while another waited, and was killed then. */
async function killedInTheWait(world: World, [running, waiting]: readonly [string, string]): Promise<void> {
  const container = await bootReady(world, { name: 'one', env: { COMFY_DRAIN_S: '600' } })
  await runs(world, await post(world, slowPrompt(20, running)))
  await post(world, slowPrompt(1, waiting))
  container.kill('SIGTERM')
  await until(() => kept(world).length === 2, 'the queue to be kept')
  container.kill('SIGKILL')
  await container.ended
}

async function expectAllMade(world: World, names: readonly string[]): Promise<void> {
  await until(() => pictures(world).length === names.length, 'the pictures')
  expect(pictures(world)).toEqual(names)
  await until(() => kept(world).length === 0, 'nothing to be kept any more')
}
