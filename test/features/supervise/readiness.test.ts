import { expect, test } from 'vitest'
import { untilReady } from '../../../src/features/supervise/readiness.ts'
import { type Net, realNet } from '../../../src/host/net.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const READY = { host: '127.0.0.1', port: 8188, path: '/prompt' }

function aNet(answers: (asked: number) => number | undefined) {
  let asked = 0
  const net: Net = {
    ...realNet(),
    knock: async () => (answers(asked++) === undefined ? 'refused' : 'taken'),
    ask: async () => {
      const status = answers(asked++)
      return status === undefined ? undefined : { status, body: '' }
    },
  }
  return { net, asked: () => asked }
}

test('it is asked every 100 ms at first, and every 500 ms later', async () => {
  const clock = virtualClock()
  const { net, asked } = aNet(() => undefined)
  void untilReady({ net, clock }, READY, new AbortController().signal)
  await clock.advance(1000)
  expect(asked()).toBe(11)
  await clock.advance(19_000)
  const before = asked()
  await clock.advance(10_000)
  expect(asked() - before).toBe(20)
})

test('only an answer 200 counts', async () => {
  const clock = virtualClock()
  const { net } = aNet((asked) => [undefined, 503, 404, 200][asked])
  const ready = untilReady({ net, clock }, READY, new AbortController().signal)
  await clock.advance(1000)
  expect(await ready).toBe(true)
})

test('with TLS a connection that is taken counts', async () => {
  const clock = virtualClock()
  const { net, asked } = aNet((at) => (at < 2 ? undefined : 1))
  const ready = untilReady({ net, clock }, { ...READY, over: 'tls' }, new AbortController().signal)
  await clock.advance(1000)
  expect([await ready, asked()]).toEqual([true, 3])
})

test('nobody is asked any more once it does not matter', async () => {
  const clock = virtualClock()
  const stop = new AbortController()
  const { net, asked } = aNet(() => undefined)
  const ready = untilReady({ net, clock }, READY, stop.signal)
  await clock.advance(250)
  stop.abort()
  expect(await ready).toBe(false)
  const before = asked()
  await clock.advance(5000)
  expect([asked(), clock.pending()]).toEqual([before, 0])
})
