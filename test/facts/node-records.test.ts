import { expect, test } from 'vitest'
import type { Checkout } from '../../src/base/node.ts'
import { checkoutsText, parseCheckouts, parseImports } from '../../src/facts/parse-node-records.ts'

const CHECKOUT: Checkout = {
  folder: 'Spots',
  request: 'abc',
  locked: {
    folder: 'Spots',
    source: { kind: 'git', url: 'https://example.com/Spots', ref: undefined },
    commit: 'c'.repeat(40),
  },
  failure: undefined,
  atMs: 1,
  ms: 2,
}

test('checkouts come back as they were written, found by their folder in any case', () => {
  const found = parseCheckouts(checkoutsText([CHECKOUT]))

  expect(JSON.stringify(found.get('spots'))).toBe(JSON.stringify(CHECKOUT))
})

test.each([
  ['nothing', undefined],
  ['half a file', '{"version":1,"checkouts":[{"folder":"Spo'],
  ['another shape', '{"checkouts":{"a":1}}'],
  ['a list', '[1]'],
])('%s is no checkout at all', (_, text) => {
  expect([...parseCheckouts(text)]).toEqual([])
})

test('an entry that is none of ours is left out, and the others stay', () => {
  const text = JSON.stringify({ checkouts: [null, { folder: 3 }, { ...CHECKOUT, failure: 'x' }, CHECKOUT] })

  expect([...parseCheckouts(text).keys()]).toEqual(['spots'])
})

test('a record of imports needs what it was made for and one result for each node', () => {
  expect(parseImports('{"asked":"a","nodes":{"x":{"result":"ok"}}}')).toMatchObject({ asked: 'a' })
  expect(parseImports('{"asked":"a","nodes":{"x":{}}}')).toBeUndefined()
  expect(parseImports('{"nodes":{}}')).toBeUndefined()
  expect(parseImports('nonsense')).toBeUndefined()
})

test('a failure that only another version knows counts as made for another request', () => {
  const failure = { code: 'OF_A_NEWER_VERSION', details: {}, temporary: false }
  const text = JSON.stringify({ checkouts: [{ ...CHECKOUT, failure }] })

  expect(parseCheckouts(text).get('spots')).toEqual({ ...CHECKOUT, request: '', failure: undefined })
  expect(parseImports(JSON.stringify({ asked: 'a', nodes: {}, failure }))).toBeUndefined()
})
