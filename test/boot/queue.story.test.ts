import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { QUEUE_NODES, slowPrompt, troublePrompt } from '../support/queue-nodes.ts'
import { makeWorld, type World } from '../support/story.ts'
import { until } from '../support/until.ts'

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
  const container = await world.boot()
  await world.ready(container)

  const deadly = await post(world, troublePrompt('escape'))
  await post(world, slowPrompt(1, 'waited')).catch(() => 'it was restarted before')

  await until(() => container.err().includes('COMFYUI_STALLED'), 'the report')
  await until(() => kept(world, 'queue-refused.json').includes(deadly), 'the deadly prompt to be laid aside')
  await world.ready(container)
  await until(async () => (await world.status()).services[0]?.restarts === 1, 'the restart')
  expect(kept(world, 'queue-refused.json')).toEqual([deadly])
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('a queue that dies without a word is found out, and what waited is run after the restart', async () => {
  const world = await troubleWorld()
  const container = await world.boot({ env: { COMFY_STALL_S: '10' } })
  await world.ready(container)

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
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('a stalled ComfyUI is not ready, and where it is only reported it stays as it is', async () => {
  const world = await troubleWorld()
  const container = await world.boot({ env: { COMFY_ON_STALL: 'report' } })
  await world.ready(container)

  await post(world, troublePrompt('escape'))

  await until(async () => (await world.get('/ready'))?.status === 503, '/ready to say 503')
  const answer = await world.get('/ready')
  expect(answer?.text).toContain('has died')
  expect((await world.status()).services[0]).toMatchObject({ state: 'running', restarts: 0 })
  expect((await world.ask(container, 'restart', 'comfyui')).code).toBe(0)
  await world.ready(container)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('a stop waits for the running prompt, keeps those that wait, and the next boot runs them', async () => {
  const world = await troubleWorld()
  const first = await world.boot({ name: 'one', env: { COMFY_DRAIN_S: '60' } })
  await world.ready(first)
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
  const second = await world.boot({ name: 'one' })
  await world.ready(second)
  await until(() => pictures(world).length === 2, 'the picture that waited')
  expect(pictures(world)).toEqual(['running', 'waiting'])
  await until(() => kept(world).length === 0, 'nothing to be kept any more')
  second.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})

test('a second TERM ends the wait, and the prompt that was cut off is kept as well', async () => {
  const world = await troubleWorld()
  const container = await world.boot({ env: { COMFY_DRAIN_S: '600' } })
  await world.ready(container)
  const long = await post(world, slowPrompt(900, 'long'))
  await runs(world, long)
  const waiting = await post(world, slowPrompt(1, 'waiting'))

  container.kill('SIGTERM')
  await until(() => kept(world).length === 2, 'the queue to be kept')
  const startMs = performance.now()
  container.kill('SIGTERM')

  expect(await container.ended).toBe(0)
  expect(performance.now() - startMs).toBeLessThan(8000)
  expect(kept(world)).toEqual([long, waiting])
})

test('a kill during the wait loses nothing', async () => {
  const world = await troubleWorld()
  const first = await world.boot({ name: 'one', env: { COMFY_DRAIN_S: '600' } })
  await world.ready(first)
  await runs(world, await post(world, slowPrompt(20, 'cut')))
  await post(world, slowPrompt(1, 'waiting'))
  first.kill('SIGTERM')
  await until(() => kept(world).length === 2, 'the queue to be kept')

  first.kill('SIGKILL')
  await first.ended

  const second = await world.boot({ name: 'one' })
  await world.ready(second)
  await until(() => pictures(world).length === 2, 'both pictures')
  expect(pictures(world)).toEqual(['cut', 'waiting'])
  await until(() => kept(world).length === 0, 'nothing to be kept any more')
  second.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})

test('a kill of ComfyUI loses none of the prompts that were queued again', async () => {
  const world = await troubleWorld()
  const first = await world.boot({ name: 'one', env: { COMFY_DRAIN_S: '600' } })
  await world.ready(first)
  await runs(world, await post(world, slowPrompt(20, 'one')))
  await post(world, slowPrompt(1, 'two'))
  first.kill('SIGTERM')
  await until(() => kept(world).length === 2, 'the queue to be kept')
  first.kill('SIGKILL')
  await first.ended
  const second = await world.boot({ name: 'one' })
  await world.ready(second)
  await runs(world, kept(world)[0] ?? '')

  await world.box.exec(second, ['pkill', '-KILL', '-f', 'main.py'])

  await until(() => pictures(world).length === 2, 'both pictures')
  expect(pictures(world)).toEqual(['one', 'two'])
  await until(() => kept(world).length === 0, 'nothing to be kept any more')
  second.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})
