import { expect, test } from 'vitest'
import { findBreakers, type Search } from '../../../src/features/node-check/find-breakers.ts'
import type { Trial } from '../../../src/features/node-check/trial.ts'

const aTrial = (isThrough: boolean, suspect?: string): Trial => ({
  ...{ isThrough, suspect, how: 'it ended with exit code 1', isTimeOut: false, nodes: new Map() },
  ...{ line: undefined, last: undefined, wantsAgain: false, output: '', ms: 1 },
})

type Breaks = (names: ReadonlySet<string>) => string | boolean

/** Searches among nodes of which some sets break the start; a rule that names a node is what ComfyUI was at. */
async function search(names: readonly string[], breaks: Breaks, granted = Number.POSITIVE_INFINITY) {
  let trials = 0
  const trialOf = (those: readonly string[]) => {
    const found = breaks(new Set(those))
    return aTrial(found === false, typeof found === 'string' ? found : undefined)
  }
  const found: Search = await findBreakers(names, aTrial(false), async (those) =>
    ++trials > granted ? undefined : trialOf(those),
  )
  return { result: found.result, breakers: found.breakers.map(({ name }) => name), trials }
}

const many = (count: number) => Array.from({ length: count }, (_, at) => `node-${at}`)
const log2 = (count: number) => Math.ceil(Math.log2(count + 1))

test.each([1, 2, 3, 10, 50, 200])('each one of %d nodes is found by halves', async (count) => {
  const names = many(count)
  for (const culprit of names.slice(0, 20)) {
    const found = await search(names, (those) => those.has(culprit))
    expect(found).toMatchObject({ result: 'found', breakers: [culprit] })
    expect(found.trials).toBeLessThanOrEqual(2 * log2(count) + 3)
  }
})

test('the one that ComfyUI was at is found in two trials', async () => {
  const found = await search(many(50), (those) => those.has('node-31') && 'node-31')
  expect(found).toEqual({ result: 'found', breakers: ['node-31'], trials: 2 })
})

test('an innocent one that ComfyUI was at is not blamed', async () => {
  const found = await search(many(20), (those) => (those.has('node-3') ? 'node-15' : false))
  expect(found).toMatchObject({ result: 'found', breakers: ['node-3'] })
})

test('three nodes that each break the start are found', async () => {
  const names = many(30)
  const bad = ['node-2', 'node-17', 'node-29']
  const found = await search(names, (those) => bad.some((name) => those.has(name)))
  expect(found.breakers.toSorted()).toEqual(bad.toSorted())
  expect(found.trials).toBeLessThanOrEqual(2 * log2(30) * 3 + 3)
})

test('of two that only break together the last one is found', async () => {
  const found = await search(many(30), (those) => those.has('node-4') && those.has('node-22'))
  expect(found).toMatchObject({ result: 'found', breakers: ['node-22'] })
})

test('nobody is blamed when ComfyUI does not start without nodes either', async () => {
  const found = await search(many(30), () => true)
  expect(found).toMatchObject({ result: 'not-the-nodes', breakers: [] })
  expect(found.trials).toBe(2)
})

test('nobody is blamed when it does not happen again', async () => {
  expect(await search(many(30), () => false)).toEqual({ result: 'found', breakers: [], trials: 1 })
})

test('what was found by then is kept when no more trials are granted', async () => {
  const bad = ['node-2', 'node-17']
  const found = await search(many(30), (those) => bad.some((name) => those.has(name)), 8)
  expect(found).toMatchObject({ result: 'unfinished', breakers: ['node-2'] })
})

test('signs that lead astray, one node after the other, cost three times the trials at most', async () => {
  const astray = (those: ReadonlySet<string>) => those.has('node-0') && (many(200)[those.size - 1] ?? true)
  const found = await search(many(200), astray)
  expect(found).toMatchObject({ result: 'found', breakers: ['node-0'] })
  expect(found.trials).toBeLessThanOrEqual(3 * log2(200) + 4)
})
