import { expect, test } from 'vitest'
import { makeWorld, zombiesOf } from '../support/story.ts'
import { until, within } from '../support/until.ts'

test.each([
  ['7', 7],
  ['255', 255],
  ['3@ready', 3],
  ['0', 0],
  ['-11', 139],
  ['-9', 137],
])('without restarts, a ComfyUI that ends with %s ends the container with %i', async (ending, code) => {
  const world = await makeWorld()

  const container = await world.boot({ env: { COMFY_RESTART: 'never', STANDIN_EXIT: ending } })

  expect(await container.ended).toBe(code)
})

test('bad arguments end the container at once with ComfyUI’s own code 2', async () => {
  const world = await makeWorld()

  const container = await world.boot({ args: ['--no-such-flag'] })

  expect(await container.ended).toBe(2)
  expect(container.err()).toContain('--no-such-flag')
})

test('a crash is restarted, and the page tells of it', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  await world.box.exec(container, ['pkill', '-SEGV', '-f', 'main.py'])
  await until(async () => (await world.get('/ready'))?.status === 503, '/ready to say 503')
  await world.ready(container)

  const { services } = JSON.parse((await world.get('/status'))?.text ?? '{}')
  expect(services).toMatchObject([{ name: 'comfyui', state: 'running', restarts: 1 }])
})

test('a restart that ComfyUI-Manager asks for is no crash', async () => {
  const world = await makeWorld()
  const container = await world.boot({ args: ['--enable-manager'], env: { COMFY_RESTART: 'never' } })
  await world.ready(container)
  const before = JSON.parse((await world.get('/status'))?.text ?? '{}').services[0].pid

  await fetch(`http://127.0.0.1:${world.port}/v2/manager/reboot`, { method: 'POST' }).catch(() => {})
  await until(async () => {
    const now = JSON.parse((await world.get('/status'))?.text ?? '{}').services[0]
    return now.state === 'running' && now.pid !== before
  }, 'ComfyUI to run again')
})

// What comes before Node has its handlers, some 4 ms of work, the kernel keeps from PID 1: a busy machine may need a second try.
test.each([20, 80, 160])(
  'TERM %i ms after the start ends the container at once',
  { retry: 5 },
  async (delayMs) => {
    const world = await makeWorld()
    const container = await world.boot()
    await new Promise((resolve) => setTimeout(resolve, delayMs))

    container.kill('SIGTERM')

    expect([0, 15, 143]).toContain(await within(5000, container.ended))
  },
)

test('2,000 orphans leave no zombie', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: { STANDIN_ORPHANS: '2000', COMFY_NODE_CHECK: 'off' } })
  await world.ready(container)

  await until(() => zombiesOf(container) === 0, 'no zombies')
})

test('a ComfyUI deaf to INT and TERM is killed in time, with what it started', async () => {
  const world = await makeWorld()
  const env = {
    STANDIN_IGNORE_INT: '1',
    STANDIN_IGNORE_TERM: '1',
    STANDIN_GRANDCHILD: 'stubborn',
    COMFY_STOP_GRACE: '1s',
  }
  const container = await world.boot({ env })
  await world.ready(container)
  const startMs = performance.now()

  container.kill('SIGTERM')

  expect(await container.ended).toBe(137)
  expect(performance.now() - startMs).toBeLessThan(6000)
})
