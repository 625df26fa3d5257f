import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { aKeeper, CRASHED, notes } from './a-death-keeper.ts'

test.each(['ENOSPC', 'EROFS', 'EACCES'])(
  'where the disk answers %s the death is told all the same',
  async (code) => {
    const refuse = async () => {
      throw Object.assign(new Error(code), { code })
    }
    const { keeper, layout, state, die, deaths, told } = await aKeeper({}, { write: refuse })
    state('starting', 41)
    die(41)
    await keeper.close()

    expect(deaths()).toHaveLength(1)
    expect(notes(told)).toEqual([`Cannot keep the report of this death in ${layout.deaths} (${code}).`])
  },
)

test('a disk that never answers holds neither the next death nor the end', async () => {
  const never = () => new Promise<never>(() => {})
  const { keeper, clock, state, die, deaths, told } = await aKeeper({}, { makeFolder: never })
  for (let pid = 41; pid < 71; pid++) {
    state('starting', pid)
    die(pid)
  }
  await until(() => deaths().length === 30, 'all deaths to be told')
  const closed = keeper.close()
  await until(() => clock.pending() > 0, 'the keeper to wait for the disk')
  await clock.advance(2000)
  await closed

  expect(keeper.deaths()).toHaveLength(5)
  expect(notes(told)).toHaveLength(10)
})

test('nothing is measured between two runs', async () => {
  const { clock, state, die } = await aKeeper({}, { list: async () => [], readText: async () => undefined })
  state('starting', 41)
  await clock.advance(5000)
  expect(clock.pending()).toBe(1)
  state('backoff')
  die(41)
  await clock.advance(5000)

  expect(clock.pending()).toBe(0)
})

test('a listener that throws keeps nobody from hearing of the next death', async () => {
  const { keeper, bus, state, die, told } = await aKeeper()
  const leave = bus.listen((event) => {
    if (event.type === 'death') throw new Error('a mistake')
  })
  state('starting', 41)
  die(41)
  await until(() => notes(told).length === 1, 'the mistake to be told')
  leave()
  die(41)
  await keeper.close()

  expect(keeper.deaths()).toHaveLength(2)
  expect(notes(told)).toEqual(['Cannot explain this death: Error: a mistake.'])
})

test('a machine on which nothing can be read is no reason to tell nothing', async () => {
  const readText = async () => {
    throw new Error('a mistake')
  }
  const { keeper, state, die, deaths } = await aKeeper({}, { readText, list: readText })
  state('starting', 41)
  die(41)
  await keeper.close()

  expect(deaths()).toMatchObject([{ cause: 'exit' }])
})

test('what nobody saw start, and unknown services, are no deaths to explain', async () => {
  const { keeper, die, state, deaths } = await aKeeper()
  die(41)
  state('starting', 41, 'other')
  die(41, CRASHED, 'other')
  await keeper.close()

  expect(deaths()).toEqual([])
})

test('after the end nothing is listened to', async () => {
  const { keeper, clock, state, die, deaths } = await aKeeper()
  state('starting', 41)
  await keeper.close()
  die(41)
  await keeper.close()

  expect(deaths()).toEqual([])
  expect(clock.pending()).toBe(0)
})
