import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { aFeed, textIn } from '../support/feed.ts'
import { aDeath } from '../support/status.ts'

test('however much is printed between two tellings, little is held', () => {
  const { follow, print } = aFeed()
  const follower = follow()
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < 25_000; n++) print(`${n} ${'x'.repeat(4000)}`)
  collectGarbage()

  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10e6)
  follower()
})

test('a progress bar is one line, in the last lines and in what is told at once', async () => {
  const { feed, clock, follow, print, told } = aFeed()
  follow()
  for (const percent of [1, 2, 3]) print(`${percent} %`, { isOverwritten: true })
  print('a warning', { stream: 'stderr' })
  await clock.advance(1000)
  expect(told().flat()).toEqual(['line 3 %', 'line a warning'])
  for (const percent of [4, 5]) print(`${percent} %`, { isOverwritten: true })
  print('100 %')

  const shown = () => feed.begin(200).map(({ json }) => textIn(json))
  expect(shown()).toEqual(['starting', 'a warning', '100 %'])
  expect(told().flat()).toEqual(['line 100 %'])
})

test('a bar of one service is not written over by another', async () => {
  const { clock, follow, print, told } = aFeed()
  follow()
  print('50 %', { isOverwritten: true })
  print('hello', { service: 'jupyter' })
  await clock.advance(1000)

  expect(told()).toEqual([['line 50 %', 'line hello']])
})

test('of lines that come too fast the newest are told, and how many were left out; a death never is', async () => {
  const { clock, follow, tell, print, told } = aFeed()
  follow()
  await clock.advance(1000)
  for (let n = 0; n < 50_000; n++) print('0123456789')
  tell({ type: 'death', death: aDeath({ lines: [] }) })
  for (let n = 0; n < 50_000; n++) print('0123456789')
  print('the last')
  await clock.advance(20)
  const [news = []] = told()

  const lines = news.filter((each) => each.startsWith('line'))
  expect(lines.length).toBeGreaterThan(3000)
  expect(lines.length).toBeLessThan(4000)
  expect(news[0]).toBe(`skipped ${100_001 - lines.length}`)
  expect(news.slice(-2)).toEqual(['line the last', 'death '])
  print('again')
  await clock.advance(250)
  expect(told()).toEqual([['line again']])
})

test('long lines are cut, and of many long ones a new reader is told the newest', () => {
  const { feed, print } = aFeed()
  for (let n = 0; n < 200; n++) print(`${n} ${'ä'.repeat(50_000)}`)
  const news = feed.begin(200)

  expect(JSON.parse(news.at(-1)?.json ?? '').text).toMatch(/^199 ä{2046}$/)
  expect(news.reduce((sum, { json }) => sum + json.length, 0)).toBeLessThan(300 * 1024)
  expect(news.length).toBeGreaterThan(100)
})

test('secrets that a service prints are told to nobody', async () => {
  const { feed, clock, follow, print, told } = aFeed()
  follow()
  print('JupyterLab is at http://127.0.0.1:8888/lab?token=0123abc')
  print('the password is hun\x1b[1mter2')
  await clock.advance(1000)
  const masked = ['JupyterLab is at http://127.0.0.1:8888/lab?token=***', 'the password is ***']

  expect(told()).toEqual([masked.map((text) => `line ${text}`)])
  expect(feed.begin(200).map(({ json }) => textIn(json))).toEqual(['starting', ...masked])
})

test('a death is told with its newest lines', async () => {
  const { clock, follow, tell, told } = aFeed()
  follow()
  tell({
    type: 'death',
    death: aDeath({ lines: Array.from({ length: 200 }, (_, n) => `${n} ${'x'.repeat(4000)}`) }),
  })
  await clock.advance(1000)
  const [[news = ''] = []] = told()

  expect(news).toMatch(/^death .*,199 x+$/)
  expect(news.length).toBeLessThan(70_000)
  for (let n = 0; n < 9; n++) tell({ type: 'death', death: aDeath({ lines: [`${n}`] }) })
  await clock.advance(1000)
  expect(told().flat()).toEqual(['death 4', 'death 5', 'death 6', 'death 7', 'death 8'])
})

test('what is told at once is little enough for every reader, although twice as much is held', async () => {
  const { clock, follow, print, told } = aFeed()
  follow()
  for (let n = 0; n < 40_000; n++) print('0123456789')
  await clock.advance(1000)
  const [news = []] = told()

  expect(news[0]).toBe(`skipped ${40_001 - news.length}`)
  expect(news.length).toBeLessThan(25_000)
})

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
