import { expect, test } from 'vitest'
import { aFeed, textIn } from '../support/feed.ts'

test('a new reader is told the status and the last lines of each service in their order', () => {
  const { feed, print } = aFeed()
  for (let n = 1; n <= 450; n++) print(`line ${n}`)
  print('hello', { service: 'jupyter', stream: 'stderr' })
  print('line 451')

  const texts = feed.begin(200).map(({ json }) => textIn(json))
  expect(texts).toHaveLength(202)
  expect(texts.slice(0, 2)).toEqual(['starting', 'line 252'])
  expect(texts.slice(-3)).toEqual(['line 450', 'hello', 'line 451'])
  expect(feed.begin(1).map(({ json }) => textIn(json))).toEqual(['starting', 'hello', 'line 451'])
  expect(feed.begin(0)).toHaveLength(1)
  expect(JSON.parse(feed.begin(1).at(-2)?.json ?? '')).toEqual({
    service: 'jupyter',
    stream: 'stderr',
    text: 'hello',
  })
})

test('what happens is gathered, told no more often than every 250 ms, and a status only when it changed', async () => {
  const { clock, follow, print, enter, told } = aFeed()
  follow()
  await clock.advance(1000)
  print('a')
  print('b')
  expect(told()).toEqual([])
  await clock.advance(20)
  expect(told()).toEqual([['line a', 'line b']])
  enter('ready')
  print('c')
  await clock.advance(229)
  enter('degraded')
  expect(told()).toEqual([])
  await clock.advance(1)
  await clock.advance(20)
  expect(told()).toEqual([['status degraded', 'line c']])
  enter('degraded')
  await clock.advance(1000)
  expect(told()).toEqual([[]])
})

test('when nothing happens followers are called every 15 s, and without followers nothing is due', async () => {
  const { clock, follow, print, told } = aFeed()
  const leave = follow()
  await clock.advance(45_000)
  expect(told()).toEqual([[], [], []])
  print('a')
  leave()

  expect(clock.pending()).toBe(0)
  print('b')
  expect(clock.pending()).toBe(0)
  follow()
  await clock.advance(1000)
  expect(told()).toEqual([])
  print('c')
  await clock.advance(1000)
  expect(told()).toEqual([['line c']])
})

test('a stream of lines that never pauses is told all the same', async () => {
  const { clock, follow, print, told } = aFeed()
  follow()
  for (let n = 0; n < 200; n++) {
    print('x')
    await clock.advance(5)
  }

  const calls = told()
  expect(calls).toHaveLength(4)
  expect(calls.flat().length).toBeGreaterThan(190)
})

test('whoever begins while news is gathered is told nothing twice, and the others nothing later', async () => {
  const { feed, clock, follow, print, told } = aFeed()
  follow()
  print('a')
  expect(feed.begin(200).map(({ json }) => textIn(json))).toEqual(['starting', 'a'])

  expect(told()).toEqual([['line a']])
  await clock.advance(1000)
  expect(told()).toEqual([])
})

test('at the end followers are told what is left and that it is over; later ones at once', () => {
  const { feed, follow, print, told, ends } = aFeed()
  follow()
  print('the last')
  feed.close()

  expect(told()).toEqual([['line the last']])
  expect(ends()).toBe(1)
  follow()
  expect(ends()).toBe(2)
})

test('each state of a service is told, before the status that has the last one', async () => {
  const { clock, follow, tell, enter, told } = aFeed()
  const leave = follow()
  await clock.advance(1000)
  for (const state of ['starting', 'running', 'backoff'] as const)
    tell({ type: 'service-state', service: 'comfyui', state, pid: 7 })
  enter('ready')
  await clock.advance(20)

  expect(told()).toEqual([['service starting', 'service running', 'service backoff', 'status ready']])
  tell({ type: 'service-state', service: 'comfyui', state: 'starting' })
  leave()
  follow()
  enter('degraded')
  await clock.advance(1000)
  expect(told()).toEqual([['status degraded']])
})
