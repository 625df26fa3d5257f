import { expect, test } from 'vitest'
import { readEvents } from '../support/event-reader.ts'
import { makeWorld } from '../support/story.ts'
import { until } from '../support/until.ts'

test('without a token everything can be read over the network and nothing done', async () => {
  const world = await makeWorld()
  const container = await world.boot()
  await world.ready(container)

  expect((await world.get('/'))?.text).toContain('<!doctype html>')
  for (const path of ['/services/comfyui/stop', '/services/comfyui/restart']) {
    const answer = await fetch(`http://127.0.0.1:${world.httpPort}${path}`, { method: 'POST' })
    expect({ path, status: answer.status }).toEqual({ path, status: 403 })
    expect(await answer.text()).toContain('COMFY_TOKEN')
  }
  expect((await fetch(`http://127.0.0.1:${world.httpPort}/services`)).status).toBe(404)
  expect((await world.status()).services).toMatchObject([{ state: 'running', restarts: 0 }])
})

test('whoever knows the token restarts ComfyUI over the network, as a bearer or in a session', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: { COMFY_TOKEN: 'open-sesame-said-twice' } })
  await world.ready(container)
  const at = `http://127.0.0.1:${world.httpPort}`
  const post = (path: string, headers: Readonly<Record<string, string>>, body?: string) =>
    fetch(`${at}${path}`, { method: 'POST', headers, ...(body === undefined ? {} : { body }) })
  const newProcess = (before: number | undefined) =>
    until(async () => {
      const [now] = (await world.status()).services
      return now?.state === 'running' && now.pid !== before ? now.pid : undefined
    }, 'a new ComfyUI')
  const restart = '/services/comfyui/restart'
  const before = (await world.status()).services[0]?.pid

  expect((await post(restart, {})).status).toBe(401)
  expect((await post(restart, { authorization: 'Bearer open' })).status).toBe(401)
  expect((await world.status()).services[0]?.pid).toBe(before)
  expect((await post(restart, { authorization: 'Bearer open-sesame-said-twice' })).status).toBe(200)
  const second = await newProcess(before)
  const json = { 'content-type': 'application/json' }
  const opened = await post('/session', json, '{"token":"open-sesame-said-twice"}')
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect(cookie).not.toContain('sesame')
  expect((await post(restart, { cookie, origin: 'http://evil.example' })).status).toBe(403)
  expect((await post(restart, { cookie, origin: at })).status).toBe(200)
  await newProcess(second)
  for (const said of [container.out(), container.err(), JSON.stringify(await world.status())])
    expect(said).not.toContain('open-sesame-said-twice')
})

test('events tells a whole boot as it happens and ends with the program; metrics tells the same in numbers', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: { STANDIN_IMPORT_S: '1.5' } })
  await until(() => world.get('/livez'), 'the door')
  const events = world.ask(container, 'events', '--json')
  const words = world.ask(container, 'events')
  const { sent } = await readEvents(world.httpPort)
  await world.ready(container)
  await until(() => sent.some(({ data }) => data.includes('"phase":"ready"')), 'the readers to be told')

  const metrics = (await world.get('/metrics'))?.text ?? ''
  expect(metrics).toMatch(/^comfy_init_phase\{phase="ready"\} 1$/m)
  expect(metrics).toMatch(/^comfy_init_service_up\{service="comfyui"\} 1$/m)
  expect(metrics).toMatch(/^comfy_init_step_result\{step="workspace\/adopt-image",result="done"\} 1$/m)
  expect(Number(/^comfy_init_service_resident_memory_bytes\S* (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(
    5e6,
  )
  expect(Number(/^comfy_init_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(2e7)
  container.kill('SIGTERM')
  expect(await container.ended).toBe(0)
  const said = await events
  expect(said).toMatchObject({ code: 0, err: '' })
  const told = said.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(told[0].event).toBe('status')
  expect(told.some(({ event, text }) => event === 'line' && text.includes('To see the GUI go to'))).toBe(true)
  const phases = told.flatMap(({ event, phase }) => (event === 'status' ? phase : []))
  expect([...new Set(phases)]).toEqual(expect.arrayContaining(['ready', 'stopped']))
  expect(phases.at(-1)).toBe('stopped')
  expect((await words).out).toMatch(/^\d\d:\d\d:\d\d {2}boot {7}ComfyUI is ready\.$/m)
})

test('a stop that a start overtakes says so at once', async () => {
  const world = await makeWorld()
  const container = await world.boot({ env: { STANDIN_IGNORE_INT: '1', COMFY_STOP_GRACE: '3' } })
  await world.ready(container)

  const stop = world.ask(container, 'stop', 'comfyui', '--json')
  await until(async () => (await world.status()).services[0]?.state === 'stopping', 'the stop')
  const start = await world.ask(container, 'start', 'comfyui')
  const stopped = await stop

  expect(start).toMatchObject({ code: 0, err: '' })
  expect(stopped.code).toBe(75)
  expect(JSON.parse(stopped.out).problems).toMatchObject([{ code: 'SERVICE_BUSY' }])
  await world.ready(container)
})
