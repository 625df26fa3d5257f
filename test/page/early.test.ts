import { expect, test } from 'vitest'
import { enlargeTree, makeWorld } from '../support/story.ts'
import { until } from '../support/until.ts'
import { useBrowser } from './browser.ts'

const { visit } = useBrowser()
const EARLY = { COMFY_BOOT_PAGE_ON_COMFY_PORT: 'on' }

test('on ComfyUI’s port the page shows the first boot, makes room in time, and becomes ComfyUI', async () => {
  const world = await makeWorld()
  enlargeTree(`${world.box.layer}/opt/ComfyUI`, 40)
  const container = await world.boot({ env: EARLY })
  const early = await until(() => world.get('/prompt', world.port), 'the early page')
  container.kill('SIGTSTP')
  expect(early.status).toBe(503)
  expect(JSON.parse(early.text).error.code).toBe('COMFYUI_NOT_STARTED')
  expect((await world.get('/system_stats', world.port))?.status).toBe(503)
  const seen = await visit(`http://127.0.0.1:${world.port}/`)
  await seen.sees('h1', 'The workspace is being prepared')
  expect(await seen.barriers()).toEqual([])

  container.kill('SIGCONT')
  await world.ready(container)

  expect((await world.get('/prompt', world.port))?.status).toBe(200)
  const isComfyUi = () => seen.look('document.querySelector("#headline") === null').catch(() => false)
  await until(isComfyUi, 'ComfyUI’s own page')
  const { services, problems } = await world.status()
  expect(services).toMatchObject([{ state: 'running', restarts: 0 }])
  expect(problems.filter(({ code }) => /PORT|EARLY/.test(code))).toEqual([])
})

test('a boot that waits for the workspace tells so on ComfyUI’s port, and finds its own ports free after the wait', async () => {
  const first = await makeWorld()
  const container = await first.boot({ name: 'one' })
  await first.ready(container)
  const second = await makeWorld()
  const volumes = [
    { from: first.workspace, at: '/workspace' },
    { from: first.models, at: '/models', readOnly: true },
  ]
  const waiting = await second.boot({ env: EARLY, volumes })
  await until(() => second.get('/prompt', second.port), 'the early page')
  const seen = await visit(`http://127.0.0.1:${second.port}/`)
  await seen.sees('#now', 'Wait for')

  container.kill('SIGTERM')
  await second.ready(waiting)

  expect((await second.status()).problems.filter(({ code }) => code.includes('PORT'))).toEqual([])
})

test('without the setting nothing answers on ComfyUI’s port before ComfyUI', async () => {
  const world = await makeWorld()
  enlargeTree(`${world.box.layer}/opt/ComfyUI`, 15)
  const container = await world.boot()
  await until(() => world.get('/health'), '/health to answer')

  expect(await world.get('/', world.port)).toBeUndefined()
  await world.ready(container)
})
