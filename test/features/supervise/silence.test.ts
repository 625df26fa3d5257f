import { expect, test } from 'vitest'
import { untilSilent } from '../../../src/features/supervise/silence.ts'
import type { Knock } from '../../../src/host/knock.ts'
import { realNet } from '../../../src/host/net.ts'
import { freePort } from '../../support/free-port.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const READY = { host: '127.0.0.1', port: 8188, path: '/prompt' }

/** A service whose n-th look, counted from 0, gives an answer; what came of it, once something did. */
function looks(answer: (n: number) => Knock) {
  const clock = virtualClock()
  const leave = new AbortController()
  const state: { looks: number; silent: boolean | undefined } = { looks: 0, silent: undefined }
  const net = { ...realNet(), knock: async () => answer(state.looks++) }
  void untilSilent({ net, clock }, READY, leave.signal).then((silent) => {
    state.silent = silent
  })
  return { clock, state, leave }
}

test('a port that refuses twice, a second apart, is silent', async () => {
  const { clock, state } = looks((n) => (n < 2 ? 'taken' : 'refused'))
  await clock.advance(9999)
  expect(state).toEqual({ looks: 3, silent: undefined })
  await clock.advance(1)
  expect(state).toEqual({ looks: 4, silent: true })
})

test('a single refusal is not enough', async () => {
  const { clock, state } = looks((n) => (n % 2 === 0 ? 'refused' : 'taken'))
  await clock.advance(60_000)
  expect(state.silent).toBeUndefined()
})

test('a service that is too busy to answer is not silent', async () => {
  const { clock, state } = looks(() => 'unanswered')
  await clock.advance(600_000)
  expect(state.silent).toBeUndefined()
})

test('it is looked at every three seconds, and no more once nobody wants to know', async () => {
  const { clock, state, leave } = looks(() => 'taken')
  await clock.advance(60_000)
  expect(state.looks).toBe(20)
  leave.abort()
  await clock.advance(60_000)
  expect(state).toEqual({ looks: 20, silent: false })
  expect(clock.pending()).toBe(0)
})

test('nobody’s port refuses a knock, and somebody’s takes it', async () => {
  const net = realNet()
  const port = await freePort()
  expect(await net.knock('127.0.0.1', port, 1000)).toBe('refused')
  const served = await net.serve({ host: '127.0.0.1', port }, () => {})
  expect(await net.knock('127.0.0.1', port, 1000)).toBe('taken')
  await served.close()
})
