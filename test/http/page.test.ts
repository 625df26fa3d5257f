import { createHash } from 'node:crypto'
import { runInNewContext, Script } from 'node:vm'
import { expect, test } from 'vitest'
import { appFor } from '../../src/http/app.ts'
import { earlyAppFor } from '../../src/http/early-app.ts'
import { WORDS } from '../../src/http/page/words.ts'
import { aBehind } from '../support/status.ts'

const GIB = 1024 ** 3

test('the page allows its own script and style and nothing else', async () => {
  const { body, headers } = await thePage()
  const policy = String(headers['content-security-policy'])

  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(headers['cache-control']).toBe('no-store')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(policy).not.toMatch(/unsafe|\*|https?:/)
  for (const [part, inside] of [
    ['script-src', scriptIn(body)],
    ['style-src', /<style>(.*)<\/style>/s.exec(body)?.[1] ?? ''],
  ] as const)
    expect(policy).toContain(`${part} 'sha256-${createHash('sha256').update(inside).digest('base64')}'`)
})

test('the page is small, asks nobody but its own door, and by relative paths', async () => {
  const { body } = await thePage()
  const paths = [...body.matchAll(/(?:\b(?:href|src|action)=|EventSource\(|request\('\w+', )["']([^"']*)/g)]

  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(30_000)
  expect(paths.map(([, path]) => path)).toEqual(expect.arrayContaining(['status', 'events', 'session']))
  expect(paths.filter(([, path]) => /^(\/|\w+:(?!,))/.test(path ?? ''))).toEqual([])
  expect(body).not.toMatch(/\son\w+=|style=/)
})

test('whatever comes from outside goes in as text', async () => {
  const { body } = await thePage()

  expect(() => new Script(scriptIn(body))).not.toThrow()
  expect(body).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/)
})

test('on ComfyUI’s port the page is 503, so that nobody takes it for ComfyUI', async () => {
  const app = await earlyAppFor(aBehind())
  const page = await app.inject('/')

  expect([page.statusCode, page.headers['retry-after']]).toEqual([503, '5'])
  expect(page.body).toContain('data-early')
  expect((await thePage()).body).not.toContain('data-early>')
  for (const url of ['/prompt', '/system_stats', '/api/queue', '/ws', '/health', '/ready', '/metrics']) {
    const answer = await app.inject(url)
    expect([url, answer.statusCode, answer.json().error.code]).toEqual([url, 503, 'COMFYUI_NOT_STARTED'])
  }
  expect((await app.inject('/status')).json()).toMatchObject({ instance: 'comfy' })
  expect((await app.inject('/session')).json()).toEqual({ mayAct: false })
  expect((await app.inject({ method: 'POST', url: '/services/comfyui/stop' })).statusCode).toBe(503)
})

test('how far a step is, in words', () => {
  const { progressText, timeText } = words()
  const far = { bytes: { done: 1.84 * GIB, total: 3 * GIB }, files: { done: 24310, total: 45012 } }

  expect(progressText({ ...far, leftMs: 11_400 })).toBe('1.8 GiB of 3.0 GiB, 24310 of 45012 files, 12 s left')
  expect(progressText({ files: { done: 0, total: 0 }, nodes: { done: 1, total: 4 } })).toBe('1 of 4 nodes')
  expect(progressText({ leftMs: 200_000 })).toBe('3 min 20 s left')
  expect(progressText({ leftMs: 59_900 })).toBe('1 min 0 s left')
  expect(progressText({ leftMs: 3_900_000 })).toBe('1 h 5 min left')
  expect(progressText({ paused: true, bytes: { done: 700, total: 2048 } })).toBe(
    'paused (SIGCONT goes on), 700 B of 2.0 KiB',
  )
  expect([12, 999, 8100, 59_960, 3_661_000].map(timeText)).toEqual([
    '12 ms',
    '999 ms',
    '8.1 s',
    '1 min 0 s',
    '1 h 1 min',
  ])
})

test.each([
  ['http://127.0.0.1:8188', 'http://box:3000/', 'http://box:8188/'],
  ['http://127.0.0.1:8188', 'http://[fd00::1]:3000/', 'http://[fd00::1]:8188/'],
  ['http://10.0.0.7:8188', 'http://box:3000/', 'http://10.0.0.7:8188/'],
  ['http://127.0.0.1:8188', 'https://abc-3000.proxy.runpod.net/', 'https://abc-8188.proxy.runpod.net/'],
  ['http://127.0.0.1:8188', 'https://3000-abc.ws.example.org/', 'https://8188-abc.ws.example.org/'],
  ['http://127.0.0.1:8188', 'https://abc-13000.example.org/', 'http://abc-13000.example.org:8188/'],
  ['http://127.0.0.1:8188', 'http://box-3000:3000/', 'http://box-3000:8188/'],
])('an address %s is, seen from %s, %s', (address, here, seen) => {
  expect(words().addressFrom(address, 'http://127.0.0.1:3000', new URL(here))).toBe(seen)
})

type Words = {
  readonly progressText: (step: object) => string
  readonly timeText: (ms: number) => string
  readonly addressFrom: (address: string, own: string, here: URL) => string
}

/** The pure part of the page's script, run by itself. */
function words(): Words {
  return runInNewContext(`${WORDS};({ progressText, timeText, addressFrom })`, { URL })
}

async function thePage() {
  const app = await appFor(aBehind(), { mayAct: false })
  return app.inject('/')
}

function scriptIn(body: string): string {
  return /<script type="module">(.*)<\/script>/s.exec(body)?.[1] ?? ''
}
