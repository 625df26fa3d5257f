import { expect, test } from 'vitest'
import { secret } from '../../src/base/secret.ts'
import { appFor } from '../../src/http/app.ts'
import { aBehind } from '../support/status.ts'

const TOKEN = 'korrektes Pferd ü'
const HOST = 'box:3000'

/** A reading door with a token, a clock that is moved by hand, and callers of one address each. */
async function aDoor() {
  const now = { ms: 0 }
  const behind = aBehind({ token: secret(TOKEN), elapsedMs: () => now.ms })
  const app = await appFor(behind, { mayAct: false })
  const from =
    (remoteAddress: string) =>
    (
      method: 'GET' | 'POST' | 'DELETE',
      url: string,
      more: { headers?: Record<string, string>; payload?: object } = {},
    ) =>
      app.inject({ method, url, remoteAddress, ...more, headers: { host: HOST, ...more.headers } })
  const ask = from('10.0.0.1')
  const restart = (headers: Record<string, string>, caller = ask) =>
    caller('POST', '/services/comfyui/restart', { headers })
  const logIn = async () => {
    const answer = await ask('POST', '/session', { payload: { token: TOKEN } })
    return { answer, cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' }
  }
  return { behind, now, from, ask, restart, logIn }
}

const bearer = (token: string) => ({ authorization: `Bearer ${Buffer.from(token).toString('latin1')}` })
const SAME = { 'sec-fetch-site': 'same-origin' }

test('the token as a bearer acts, a wrong one and none do not', async () => {
  const { behind, restart } = await aDoor()

  const none = await restart({})
  expect(none.statusCode).toBe(401)
  expect(none.headers['www-authenticate']).toBe('Bearer realm="comfy-init"')
  expect(none.json().error.code).toBe('TOKEN_MISSING')
  for (const wrong of ['x', `${TOKEN} `.repeat(20), TOKEN.slice(1), '***']) {
    const answer = await restart(bearer(wrong))
    expect({ wrong, code: answer.statusCode }).toEqual({ wrong, code: 401 })
  }
  expect((await restart({ authorization: `Basic ${btoa('x:y')}` })).json().error.code).toBe('TOKEN_MISSING')
  expect(behind.asked).toEqual([])
  expect(
    (await restart({ authorization: bearer(TOKEN).authorization.replace('Bearer', 'bearer ') })).statusCode,
  ).toBe(200)
  expect(behind.asked).toEqual(['restart comfyui'])
})

test('a session is opened by the token, is not the token, and acts until it is closed', async () => {
  const { ask, restart, logIn } = await aDoor()
  const before = await ask('GET', '/session')
  expect(before.json()).toEqual({ mayAct: false })
  expect(before.headers['cache-control']).toBe('no-store')
  const { answer, cookie } = await logIn()

  expect(answer.json()).toEqual({ mayAct: true })
  expect(String(answer.headers['set-cookie'])).toMatch(
    /^comfy-init-comfy-3000=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  )
  expect((await ask('GET', '/session', { headers: { cookie: `a=b; ${cookie}` } })).json()).toEqual({
    mayAct: true,
  })
  expect((await restart({ cookie, ...SAME })).statusCode).toBe(200)
  const closed = await ask('DELETE', '/session', { headers: { cookie } })
  expect(closed.json()).toEqual({ mayAct: false })
  expect(String(closed.headers['set-cookie'])).toContain('Max-Age=0')
  expect((await restart({ cookie, ...SAME })).statusCode).toBe(401)
})

test('behind a proxy that speaks https the session is never sent without it', async () => {
  const { ask } = await aDoor()
  const headers = { 'x-forwarded-proto': 'https' }
  const answer = await ask('POST', '/session', { payload: { token: TOKEN }, headers })

  expect(String(answer.headers['set-cookie'])).toMatch(/; Secure$/)
})

test('a session ends after twelve hours, and another process does not know it', async () => {
  const { now, restart, logIn } = await aDoor()
  const { cookie } = await logIn()

  expect((await (await aDoor()).restart({ cookie, ...SAME })).statusCode).toBe(401)
  now.ms = 12 * 3_600_000 - 1
  expect((await restart({ cookie, ...SAME })).statusCode).toBe(200)
  now.ms += 1
  expect((await restart({ cookie, ...SAME })).statusCode).toBe(401)
})

test('of many sessions the oldest is closed', async () => {
  const { restart, logIn } = await aDoor()
  const { cookie } = await logIn()
  for (let n = 0; n < 63; n++) await logIn()
  expect((await restart({ cookie, ...SAME })).statusCode).toBe(200)
  const { cookie: newest } = await logIn()

  expect((await restart({ cookie, ...SAME })).statusCode).toBe(401)
  expect((await restart({ cookie: newest, ...SAME })).statusCode).toBe(200)
})

test('a session acts for pages of the very same origin alone', async () => {
  const { behind, restart, logIn } = await aDoor()
  const { cookie } = await logIn()
  const foreign = [
    {},
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: `http://${HOST}` },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://box:8188' },
    { origin: 'null' },
    { origin: 'https://evil.example' },
  ]
  for (const headers of foreign) {
    const answer = await restart({ cookie, ...headers })
    expect({ headers, code: answer.statusCode }).toEqual({ headers, code: 403 })
    expect(answer.json().error.code).toBe('ORIGIN_FOREIGN')
  }
  expect(behind.asked).toEqual([])
  expect((await restart({ cookie, origin: `http://${HOST}` })).statusCode).toBe(200)
  expect((await restart({ ...bearer(TOKEN), 'sec-fetch-site': 'cross-site' })).statusCode).toBe(200)
})

test('after ten wrong tokens an address waits out its minute, whatever it sends; others do not', async () => {
  const { now, from, ask, restart } = await aDoor()
  for (let n = 0; n < 5; n++) {
    expect((await restart(bearer('x'))).statusCode).toBe(401)
    expect((await ask('POST', '/session', { payload: { token: 'x' } })).statusCode).toBe(401)
  }
  now.ms = 20_000
  const slowed = await restart(bearer(TOKEN))

  expect(slowed.statusCode).toBe(429)
  expect(slowed.headers['retry-after']).toBe('40')
  expect((await ask('POST', '/session', { payload: { token: TOKEN } })).statusCode).toBe(429)
  expect((await restart(bearer(TOKEN), from('10.0.0.2'))).statusCode).toBe(200)
  now.ms = 60_000
  expect((await restart(bearer(TOKEN))).statusCode).toBe(200)
})

test('all addresses of one IPv6 network count as one, and an IPv4 address as itself however it is written', async () => {
  const { from, restart } = await aDoor()
  for (let n = 0; n < 10; n++) {
    await restart(bearer('x'), from(`2001:db8:1:2::${n}`))
    await restart(bearer('x'), from('::ffff:10.9.9.9'))
  }

  expect((await restart(bearer(TOKEN), from('2001:db8:1:2:3:4:5:6'))).statusCode).toBe(429)
  expect((await restart(bearer(TOKEN), from('2001:db8:1:3::1'))).statusCode).toBe(200)
  expect((await restart(bearer(TOKEN), from('10.9.9.9'))).statusCode).toBe(429)
  expect((await restart(bearer(TOKEN), from('::ffff:10.9.9.8'))).statusCode).toBe(200)
})

test('a token that is no text, too long or sent as a form opens nothing', async () => {
  const { ask } = await aDoor()
  const post = async (payload: object, headers: Record<string, string> = {}) =>
    (await ask('POST', '/session', { payload, headers })).statusCode

  expect(await post({ token: '' })).toBe(400)
  expect(await post({ token: { $ne: 1 } })).toBe(400)
  expect(await post({ token: [TOKEN] })).toBe(400)
  expect(await post({})).toBe(400)
  expect(await post({ token: 'x'.repeat(5000) })).toBe(413)
  expect(await post({ token: TOKEN }, { 'content-type': 'text/plain' })).toBe(400)
  expect(await post({ token: TOKEN }, { 'content-type': 'application/x-www-form-urlencoded' })).toBe(415)
})

test('without a token in the settings nothing opens a session', async () => {
  const app = await appFor(aBehind(), { mayAct: false })
  const answer = await app.inject({ method: 'POST', url: '/session', payload: { token: 'x' } })

  expect(answer.statusCode).toBe(403)
  expect(answer.json().error.code).toBe('TOKEN_NOT_SET')
  expect((await app.inject('/session')).json()).toEqual({ mayAct: false })
})

test('the control socket asks nobody for a token', async () => {
  const behind = aBehind({ token: secret(TOKEN) })
  const app = await appFor(behind, { mayAct: true })

  expect((await app.inject('/session')).json()).toEqual({ mayAct: true })
  expect((await app.inject({ method: 'POST', url: '/services/comfyui/stop' })).statusCode).toBe(200)
})

test('containers on one host have cookies of their own: by the port that was asked, or their own where none was', async () => {
  const { ask } = await aDoor()
  const cookieAt = async (host: string) => {
    const answer = await ask('POST', '/session', { payload: { token: TOKEN }, headers: { host } })
    return String(answer.headers['set-cookie']).split('=')[0]
  }

  expect(await cookieAt('localhost:9001')).toBe('comfy-init-comfy-9001')
  expect(await cookieAt('[::1]:9002')).toBe('comfy-init-comfy-9002')
  expect(await cookieAt('pod.example')).toBe('comfy-init-comfy-3000')
})
