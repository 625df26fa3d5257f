import { expect, onTestFinished, test } from 'vitest'
import { probeAddress } from '../../src/cli/health.ts'
import { answer } from '../../src/cli/main.ts'
import { options } from '../../src/settings/settings.ts'
import { aDesk, capturingHost } from '../support/desk.ts'
import { tempFolder } from '../support/temp-folder.ts'

test('a ready ComfyUI is 0 and one word', async () => {
  const { desk, out } = await aProbed({ '/readyz': [200, '{"ready":true}'] })

  expect(await answer(desk, ['health'])).toBe(0)
  expect(out()).toBe('ready\n')
})

test('one that does not answer yet is 1 with the reason, while --live is 0', async () => {
  const { desk, out } = await aProbed({ '/readyz': [503, '{"reason":"Move, 40 %"}'], '/livez': [200, '{}'] })

  expect(await answer(desk, ['health'])).toBe(1)
  expect(out()).toBe('not ready: Move, 40 %\n')
  expect(await answer(desk, ['health', '--live'])).toBe(0)
})

test('nobody at all is 1 and says where was asked', async () => {
  const runtime = await tempFolder()
  const { host, out } = capturingHost({ env: { COMFY_HTTP_PORT: '1', COMFY_RUNTIME_DIR: runtime } })

  expect(await answer(aDesk(host), ['health'])).toBe(1)
  expect(out()).toBe('not ready: nobody answers at 127.0.0.1:1\n')
})

test('a port that only a file names is found over the control socket', async () => {
  const runtime = await tempFolder()
  const { host, out } = capturingHost({ env: { COMFY_HTTP_PORT: '1', COMFY_RUNTIME_DIR: runtime } })
  const served = await host.net.serve({ socket: `${runtime}/control.sock` }, (_, response) =>
    response.end('{}'),
  )
  onTestFinished(served.close)

  expect(await answer(aDesk(host), ['health', '--json'])).toBe(0)
  expect(JSON.parse(out())).toEqual({ ok: true })
})

test('the probe knows the variables of the option table and their defaults', () => {
  expect([options.httpPort.env, ...(options.httpPort.aliases ?? [])]).toEqual(['COMFY_HTTP_PORT', 'PORT'])
  expect(options.httpListen.env).toBe('COMFY_HTTP_LISTEN')
  expect(probeAddress({})).toEqual({ host: '127.0.0.1', port: options.httpPort.fallback(NOWHERE) })
  expect(probeAddress({ PORT: '7', COMFY_HTTP_LISTEN: '0.0.0.0' })).toEqual({ host: '127.0.0.1', port: 7 })
  expect(probeAddress({ COMFY_HTTP_PORT: 'x', COMFY_HTTP_LISTEN: '10.0.0.1' })).toEqual({
    host: '10.0.0.1',
    port: 3000,
  })
})

const NOWHERE = { inContainer: true, isMount: () => false, exists: () => false }

async function aProbed(answers: Readonly<Record<string, readonly [number, string]>>) {
  const { host, ...said } = capturingHost()
  const served = await host.net.serve({ host: '127.0.0.1', port: 0 }, (request, response) => {
    const [status, body] = answers[request.url ?? ''] ?? [404, '']
    response.writeHead(status).end(body)
  })
  onTestFinished(served.close)
  const env = { COMFY_HTTP_PORT: String(served.port) }
  return { desk: aDesk({ ...host, env }), ...said }
}
