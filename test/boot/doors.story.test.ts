import { existsSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { enlargeTree, makeWorld, procOf } from '../support/story.ts'
import { until } from '../support/until.ts'

test('while ComfyUI imports its modules the program is alive and not ready, and says what it waits for', async () => {
  const world = await makeWorld()
  const startMs = performance.now()
  const container = await world.boot({ env: { STANDIN_IMPORT_S: '1.5' } })

  const live = await until(() => world.get('/livez'), '/livez to answer')
  expect(live).toEqual({ status: 200, text: '{"live":true}' })
  const begun = await world.get('/startupz')
  expect(begun?.status).toBe(503)
  expect(JSON.parse(begun?.text ?? '')).toMatchObject({ started: false, reason: expect.any(String) })
  const waiting = await until(async () => {
    const ready = await world.get('/ready')
    return ready?.text.includes('comfyui') ? ready : undefined
  }, '/ready to name ComfyUI')
  expect(waiting.status).toBe(503)
  expect(JSON.parse(waiting.text)).toMatchObject({
    ready: false,
    phase: 'starting',
    reason: 'comfyui is starting',
  })
  expect(await world.ask(container, 'health')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^not ready: /),
  })
  expect(await world.ask(container, 'health', '--live')).toEqual({ code: 0, out: 'alive\n', err: '' })

  await world.ready(container)

  expect(performance.now() - startMs).toBeGreaterThan(1500)
  expect(await world.ask(container, 'health')).toEqual({ code: 0, out: 'ready\n', err: '' })
  expect(JSON.parse((await world.ask(container, 'health', '--json')).out)).toEqual({ ok: true })
  for (const path of ['/ready', '/readyz'])
    expect(JSON.parse((await world.get(path))?.text ?? '')).toEqual({ ready: true, phase: 'ready' })
  expect(JSON.parse((await world.get('/startupz'))?.text ?? '')).toEqual({ started: true, phase: 'ready' })
  expect(JSON.parse((await world.get('/health'))?.text ?? '')).toEqual({ live: true, phase: 'ready' })
})

test('while the image tree is copied the door is open, and the step with its percent is shown', async () => {
  const world = await makeWorld()
  enlargeTree(`${world.box.layer}/opt/ComfyUI`, 15)
  const container = await world.boot()

  const { phase, step, services } = await until(async () => {
    const found = await world.status()
    return found.step?.id === 'workspace/adopt-image' && found.step.percent !== undefined ? found : undefined
  }, 'the copy to be shown')

  expect(phase).toBe('preparing')
  expect(step).toMatchObject({ state: 'working', title: expect.stringContaining('/workspace/ComfyUI') })
  expect(services).toEqual([])
  expect((await world.get('/ready'))?.status).toBe(503)
  await world.ready(container)
})

test('/status tells the whole boot, and comfy-init status the same', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  const status = await world.status()

  expect(status).toEqual({
    phase: 'ready',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    instance: 'comfy',
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    steps: expect.arrayContaining([
      {
        id: 'workspace/adopt-image',
        title: expect.stringContaining('/workspace/ComfyUI'),
        state: 'done',
        ms: expect.any(Number),
      },
    ]),
    services: [
      {
        name: 'comfyui',
        title: 'ComfyUI',
        state: 'running',
        pid: expect.any(Number),
        restarts: 0,
        isSafe: false,
      },
    ],
    conditions: [],
    deaths: [],
    problems: expect.any(Array),
    addresses: {
      comfyui: `http://127.0.0.1:${world.port}`,
      status: `http://127.0.0.1:${world.httpPort}`,
    },
  })
  for (const problem of status.problems)
    expect(Object.keys(problem).sort()).toEqual(['code', 'kind', 'level', 'remedy', 'what', 'why'])
  expect(status.steps.filter(({ state }) => state !== 'done')).toEqual([])
  expect(Math.abs(Date.now() - Date.parse(status.startedAt))).toBeLessThan(20_000)
  const asJson = await world.ask(container, 'status', '--json')
  expect({ ...JSON.parse(asJson.out), code: asJson.code, err: asJson.err }).toEqual({
    ...status,
    code: 0,
    err: '',
  })
  const asText = await world.ask(container, 'status')
  expect(asText.out).toContain('comfy is ready')
  expect(asText.out).toMatch(/^comfyui +running +pid \d+$/m)
})

test('the control socket is its owner’s alone; root may use it through docker exec, others may not', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)
  const socket = ['/run', '/dev/shm', '/tmp', '/var/tmp']
    .map((parent) => `${parent}/comfy-init-comfy/control.sock`)
    .find((path) => existsSync(world.box.seen(container, path)))
  const { mode, uid } = statSync(world.box.seen(container, socket ?? ''))
  const other = ['setpriv', '--reuid=4321', '--regid=4321', '--clear-groups', 'comfy-init', 'stop', 'comfyui']
  const refused = await world.box.exec(container, other, { COMFY_HTTP_PORT: String(world.httpPort) })

  expect(mode & 0o7777).toBe(0o600)
  expect([0, 1000]).toContain(uid)
  expect(refused).toMatchObject({ code: 69, out: '' })
  expect((await world.status()).services).toMatchObject([{ state: 'running' }])
})

test('restart gives ComfyUI a new process and counts no crash', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)
  const before = (await world.status()).services[0]?.pid

  const asked = await world.ask(container, 'restart', 'comfyui', '--json')

  expect(JSON.parse(asked.out)).toEqual({ service: 'comfyui', act: 'restart' })
  expect(asked.code).toBe(0)
  await until(async () => {
    const [now] = (await world.status()).services
    return now?.state === 'running' && now.pid !== before
  }, 'a new ComfyUI')
  expect((await world.ask(container, 'health')).code).toBe(0)
  expect(container.err()).not.toMatch(/death \d/)
  expect(procOf(container, (await world.status()).services[0]?.pid, 'cmdline')).toContain(String(world.port))
})

test('stop ends ComfyUI and leaves the container up; start brings it back', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  expect(await world.ask(container, 'stop', 'comfyui')).toMatchObject({ code: 0, err: '' })
  await until(async () => (await world.status()).services[0]?.state === 'stopped', 'ComfyUI to be stopped')
  expect(await world.get('/prompt', world.port)).toBeUndefined()
  expect((await world.get('/ready'))?.status).toBe(503)
  expect((await world.get('/health'))?.status).toBe(200)
  expect(await world.ask(container, 'health')).toMatchObject({
    code: 1,
    out: expect.stringContaining('comfyui is stopped'),
  })

  expect(await world.ask(container, 'start', 'comfyui')).toMatchObject({ code: 0, err: '' })
  await world.ready(container)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
})

test('logs prints ComfyUI’s own lines, and a service that is not there is named with those that are', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  const logs = await world.ask(container, 'logs', 'comfyui', '--lines', '3')
  const absent = await world.ask(container, 'logs', 'comfy')
  const unknown = await world.ask(container, 'restart', 'comfi', '--json')

  expect(logs).toMatchObject({ code: 0, err: '' })
  expect(logs.out.trim().split('\n')).toHaveLength(3)
  expect(logs.out).toContain(`http://0.0.0.0:${world.port}`)
  expect(absent).toMatchObject({ code: 64, out: '' })
  expect(absent.err).toContain('comfyui')
  expect(unknown.code).toBe(64)
  expect(JSON.parse(unknown.out).problems).toMatchObject([{ code: 'SERVICE_NOT_FOUND' }])
})

test('with nobody running, each door command says so and ends with 69', async () => {
  const world = await makeWorld()
  const sleeper = await world.boot({ args: ['sleep', '60'] })
  await until(async () => (await world.box.exec(sleeper, ['true'])).code === 0, 'the container')

  for (const words of [['status'], ['stop', 'comfyui'], ['start', 'comfyui'], ['logs', 'comfyui']]) {
    const said = await world.ask(sleeper, ...words)
    expect({ words, code: said.code, out: said.out }).toEqual({ words, code: 69, out: '' })
  }
  expect((await world.ask(sleeper, 'health')).code).toBe(1)
})
