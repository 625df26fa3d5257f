import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeWorld, treeOf } from '../support/story.ts'

const GRAPH = {
  1: { class_type: 'EmptyImage', inputs: { width: 64, height: 48, batch_size: 1, color: 255 } },
  2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'story' } },
}

test('a fresh container on an empty volume moves ComfyUI in, runs it as the volume’s owner and saves a picture there', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  expect((await world.get('/prompt', world.port))?.text).toContain('queue_remaining')
  const answer = await fetch(`http://127.0.0.1:${world.port}/prompt`, {
    method: 'POST',
    body: JSON.stringify({ prompt: GRAPH, client_id: 'story' }),
  })
  expect(answer.status).toBe(200)
  const { prompt_id: id } = (await answer.json()) as { prompt_id: string }
  await expect
    .poll(async () => (await world.get(`/history/${id}`, world.port))?.text, { timeout: 10_000 })
    .toContain('"success"')

  const picture = `${world.workspace}/ComfyUI/output/story_00001_.png`
  expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG')
  expect(statSync(picture)).toMatchObject({ uid: 1000, gid: 1000 })
  expect(readlinkSync(world.box.seen(container, '/opt/ComfyUI'))).toBe('/workspace/ComfyUI')

  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
  expect(container.err()).toContain('stopped')
})

test('the second boot of a new container on the same volume changes nothing but the link', async () => {
  const world = await makeWorld()
  const first = await world.boot({ name: 'one' })
  await world.ready(first)
  first.kill('SIGTERM')
  await first.ended
  const notOurs =
    /(^|\/)(user|temp|__pycache__)(\/|$|.*\.log)|^\.comfy-init(\/(logs.*|lock))?$|^ComfyUI\/(input|custom_nodes|temp|user)?$|^ComfyUI$/
  const before = treeOf(world.workspace, notOurs)

  const second = await world.boot({ name: 'two' })
  await world.ready(second)

  expect(lstatSync(world.box.seen(second, '/opt/ComfyUI')).isSymbolicLink()).toBe(true)
  second.kill('SIGTERM')
  await second.ended
  expect(treeOf(world.workspace, notOurs)).toEqual(before)
})

test('custom nodes of the image’s tree and of its nodes folder are both there', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  const nodes = (await world.get('/object_info', world.port))?.text ?? ''
  expect(Object.keys(JSON.parse(nodes))).toEqual(expect.arrayContaining(['Stripes', 'Checkers', 'SaveImage']))
  expect(readdirSync(`${world.workspace}/ComfyUI/custom_nodes`)).toEqual(
    expect.arrayContaining(['stripes', 'checkers']),
  )
})

test('shared models are seen by ComfyUI and never touched', async () => {
  const world = await makeWorld()
  const before = treeOf(world.models)
  const container = await world.boot()
  await world.ready(container)

  expect(container.out() + container.err()).toContain(
    'Adding extra search path checkpoints /models/checkpoints',
  )
  expect(readlinkSync(`${world.workspace}/ComfyUI/models/LLM`)).toMatch(/^\/models\/(\.\/)?LLM$/)
  expect(existsSync(`${world.models}/LLM`)).toBe(true)
  expect(treeOf(world.models)).toEqual(before)
})
