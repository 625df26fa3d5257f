import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { aStatus } from '../support/status.ts'
import { makeWorld, type World } from '../support/story.ts'
import { until } from '../support/until.ts'

test('while ComfyUI imports its modules the program is alive and not ready, and says what it waits for', async () => {
  const world = await makeWorld()
  const startMs = performance.now()
  const container = await world.boot({ env: { STANDIN_IMPORT_S: '1.5' } })

  const health = await until(() => world.get('/health'), '/health to answer', 1000)
  expect(performance.now() - startMs).toBeLessThan(1000)
  expect(health).toEqual({ status: 200, text: '{"live":true}' })
  const waiting = await until(async () => {
    const ready = await world.get('/ready')
    return ready?.text.includes('comfyui') ? ready : undefined
  }, '/ready to name ComfyUI')
  expect(waiting.status).toBe(503)
  expect(JSON.parse(waiting.text)).toMatchObject({ ready: false, phase: 'starting', reason: /comfyui is starting/ })
  expect(await world.ask(container, 'health')).toMatchObject({ code: 1, out: expect.stringMatching(/^not ready: /) })
  expect(await world.ask(container, 'health', '--live')).toEqual({ code: 0, out: 'alive\n', err: '' })

  await world.ready(container)

  expect(performance.now() - startMs).toBeGreaterThan(1500)
  expect(await world.ask(container, 'health')).toEqual({ code: 0, out: 'ready\n', err: '' })
  expect(JSON.parse((await world.ask(container, 'health', '--json')).out)).toEqual({ ok: true })
  expect(JSON.parse((await world.get('/ready'))?.text ?? '')).toEqual({ ready: true, phase: 'ready' })
})

test('while the image tree is copied the door is open, and the step with its percent is shown', async () => {
  const world = await makeWorld()
  enlarge(`${world.box.layer}/opt/ComfyUI`)
  const container = await world.boot()

  const { phase, step, services } = await until(async () => {
    const found = await world.status()
    return found.step?.id === 'workspace/adopt-image' ? found : undefined
  }, 'the copy to be shown')

  expect(phase).toBe('preparing')
  expect(step).toMatchObject({ state: 'working', title: expect.stringContaining('/workspace/ComfyUI') })
  expect(services).toEqual([])
  expect((await world.get('/ready'))?.status).toBe(503)
  await world.ready(container)
})
