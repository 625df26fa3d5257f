import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Condition } from '../../src/base/event.ts'
import { appFor } from '../../src/http/app.ts'
import { aBehind, aDeath, aStatus } from '../support/status.ts'

test('/health answers while the process lives, whatever the phase', async () => {
  const app = await appFor(aBehind({ status: () => aStatus({ phase: 'failed' }) }), { mayAct: false })
  const answer = await app.inject('/health')

  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toEqual({ live: true, phase: 'failed' })
  expect((await app.inject('/livez')).json()).toEqual({ live: true })
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
})

test('/startupz is 503 with what it waits for until ComfyUI was ready once, and 200 ever after', async () => {
  let now = aStatus({ phase: 'starting', services: [] })
  let wasReady = false
  const behind = aBehind({ status: () => now, wasReady: () => wasReady })
  const app = await appFor(behind, { mayAct: false })

  const waiting = await app.inject('/startupz')
  expect(waiting.statusCode).toBe(503)
  expect(waiting.json()).toEqual({ started: false, phase: 'starting', reason: 'comfy-init is starting' })
  now = aStatus({ phase: 'failed', services: [] })
  expect((await app.inject('/startupz')).json().reason).toBe('comfy-init is failed')
  now = aStatus({ phase: 'starting', services: [] })
  wasReady = true
  expect((await app.inject('/startupz')).json()).toEqual({ started: true, phase: 'starting' })
})

test('a ComfyUI that is stalled, has lost its GPU or drains is not ready; one in safe mode is', async () => {
  let condition: Condition = 'safe-mode'
  const status = () => aStatus({ phase: 'ready', conditions: [{ condition, text: 'The reason.' }] })
  const app = await appFor(aBehind({ status }), { mayAct: false })

  expect((await app.inject('/readyz')).statusCode).toBe(200)
  for (condition of ['stalled', 'gpu-lost', 'draining'] as const) {
    const answer = await app.inject('/readyz')
    expect({ condition, code: answer.statusCode }).toEqual({ condition, code: 503 })
    expect(answer.json()).toEqual({ ready: false, phase: 'ready', reason: 'The reason.' })
    expect((await app.inject('/livez')).statusCode).toBe(200)
  }
})

test('a ComfyUI that runs and does not answer is not ready', async () => {
  const app = await appFor(aBehind({ answers: async () => false }), { mayAct: false })

  expect((await app.inject('/readyz')).json()).toMatchObject({
    ready: false,
    reason: 'ComfyUI runs and does not answer GET /prompt',
  })
})

test('/ready is 200 when ComfyUI answers and 503 with the reason while it does not', async () => {
  let now = aStatus({ phase: 'starting' })
  const app = await appFor(aBehind({ status: () => now }), { mayAct: false })

  now = aStatus({ phase: 'ready' })
  expect((await app.inject('/ready')).json()).toEqual({ ready: true, phase: 'ready' })

  now = aStatus({ phase: 'degraded' })
  expect((await app.inject('/ready')).statusCode).toBe(200)

  now = aStatus({
    phase: 'ready',
    services: [
      {
        name: 'comfyui',
        title: 'ComfyUI',
        state: 'backoff',
        why: 'exit code 1',
        restarts: 1,
        isSafe: false,
      },
    ],
  })
  const broken = await app.inject('/ready')
  expect(broken.statusCode).toBe(503)
  expect(broken.json().reason).toBe('comfyui is backoff: exit code 1')

  const step = { id: 'workspace/adopt-image', title: 'Move ComfyUI', state: 'working', percent: 40 } as const
  now = aStatus({ phase: 'preparing', step, services: [] })
  expect((await app.inject('/ready')).json().reason).toBe('Move ComfyUI, 40 %')
})

test('/status gives every field of the status', async () => {
  const far = { bytes: { done: 7, total: 100 }, files: { done: 1, total: 2 }, leftMs: 900, paused: true }
  const step = { id: 'nodes/clone', title: 'Clone nodes', state: 'working', percent: 7, ...far } as const
  const { lines: _, ending: __, uptimeMs: ___, isSafe: ____, ...death } = aDeath()
  const status = aStatus({
    step,
    steps: [step],
    conditions: [{ condition: 'safe-mode', text: 'No nodes.' }],
    deaths: [death],
  })
  const app = await appFor(aBehind({ status: () => status }), { mayAct: false })

  expect((await app.inject('/status')).json()).toEqual(status)
})

test('without a token nobody acts over the network, and what to set is told as JSON', async () => {
  const behind = aBehind()
  const app = await appFor(behind, { mayAct: false })
  const answer = await app.inject({ method: 'POST', url: '/services/comfyui/restart' })

  expect(answer.statusCode).toBe(403)
  expect(answer.json().error.code).toBe('TOKEN_NOT_SET')
  expect(answer.json().error.message).toContain('COMFY_TOKEN')
  expect((await app.inject('/services')).json().error.code).toBe('NOT_FOUND')
  expect(behind.asked).toEqual([])
})

test('the acting door acts on a service that exists and on no other', async () => {
  const behind = aBehind()
  const app = await appFor(behind, { mayAct: true })
  const post = (url: string) => app.inject({ method: 'POST', url })

  expect((await post('/services/comfyui/restart')).statusCode).toBe(200)
  const absent = await post('/services/comfy/stop')
  expect(absent.statusCode).toBe(404)
  expect(absent.json().error).toEqual({
    code: 'SERVICE_NOT_FOUND',
    message: 'Cannot find a service «comfy». There is: comfyui, jupyter.',
  })
  expect((await post('/services/comfyui/kill')).statusCode).toBe(400)
  expect(behind.asked).toEqual(['restart comfyui', 'stop comfy'])
})

test('a stop that a start overtakes, and whatever comes while everything ends, is a conflict', async () => {
  for (const [outcome, words] of [
    ['overtaken', 'Cannot stop comfyui: it was started again before it had stopped.'],
    ['ending', 'Cannot stop comfyui: everything is being stopped.'],
  ] as const) {
    const app = await appFor(aBehind({ control: async () => outcome }), { mayAct: true })
    const answer = await app.inject({ method: 'POST', url: '/services/comfyui/stop' })

    expect(answer.statusCode).toBe(409)
    expect(answer.json()).toEqual({ error: { code: 'SERVICE_BUSY', message: words } })
  }
})

test('the acting door tells where a log lies', async () => {
  const app = await appFor(aBehind(), { mayAct: true })

  expect((await app.inject('/services/comfyui/log')).json().path).toBe('/logs/comfyui.log')
  expect((await app.inject('/services/nobody/log')).statusCode).toBe(404)
})

test('an error inside is told as JSON', async () => {
  const status = () => {
    throw new Error('Cannot count.')
  }
  const app = await appFor(aBehind({ status }), { mayAct: false })
  const answer = await app.inject('/status')

  expect(answer.statusCode).toBe(500)
  expect(answer.json()).toEqual({ error: { code: 'INTERNAL', message: 'Cannot count.' } })
})

test('the page allows its own script and style and nothing else', async () => {
  const app = await appFor(aBehind(), { mayAct: false })
  const answer = await app.inject('/')
  const policy = String(answer.headers['content-security-policy'])

  expect(answer.headers['content-type']).toContain('text/html')
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(answer.body).not.toContain('innerHTML')

  const script = /<script[^>]*>(.*)<\/script>/s.exec(answer.body)?.[1] ?? ''
  expect(policy).toContain(createHash('sha256').update(script).digest('base64'))
})

test('a path that cannot be read is told like every error', async () => {
  const app = await appFor(aBehind(), { mayAct: false })
  const answer = await app.inject('/%ff')

  expect(answer.statusCode).toBe(400)
  expect(Object.keys(answer.json())).toEqual(['error'])
  expect(answer.json().error.code).toBe('FST_ERR_BAD_URL')
})

test('an empty body that is called JSON is none, and a broken one is refused', async () => {
  const app = await appFor(aBehind(), { mayAct: true })
  const restart = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/services/comfyui/restart',
      headers: { 'content-type': 'application/json' },
      payload,
    })

  expect((await restart('')).statusCode).toBe(200)
  expect((await restart('{')).statusCode).toBe(400)
})
