import { expect, test } from 'vitest'
import { elementsOf, memberStart } from '../../../src/features/queue/json-parts.ts'

test('the elements of a list come as they are written', () => {
  const list = '[ 17, "a", {"10": 1, "2": [1, {"x": "]}"}]}, 18446744073709551615, NaN, 1.0, [], null ]'

  expect(elementsOf(list)).toEqual([
    '17',
    '"a"',
    '{"10": 1, "2": [1, {"x": "]}"}]}',
    '18446744073709551615',
    'NaN',
    '1.0',
    '[]',
    'null',
  ])
  expect(elementsOf(' []')).toEqual([])
  expect(elementsOf('[[[]]]')).toEqual(['[[]]'])
})

test('quotes, backslashes and brackets inside texts end nothing', () => {
  const texts = ['a"b', 'back\\', '\\"', ']', '}', ',', '', '\\\\"\\']

  expect(elementsOf(JSON.stringify(texts))?.map((each) => JSON.parse(each))).toEqual(texts)
})

test('what is no list, or is cut, has no elements', () => {
  for (const text of ['', '{}', '7', '[1', '["a', '[1 2', '[{]', '[,]', '[1,]', 'queue', '["\\"]'])
    expect(elementsOf(text) ?? 'none', text).toBe('none')
})

test('no more elements are read than asked for, whatever follows', () => {
  expect(elementsOf('[1, "a", {"cut', { most: 2 })).toEqual(['1', '"a"'])
  expect(elementsOf('{"x": [1, 2], "y": 3}', { from: 6 })).toEqual(['1', '2'])
})

test('a member of an object is found by its name, not by its value', () => {
  const object = '{"a": "b", "b" : {"c": [1, 2]}, "c": 3 , "d":""}'
  const valueAt = (name: string) => object.slice(memberStart(object, name) ?? object.length)

  expect(valueAt('b')).toMatch(/^\{"c": \[/)
  expect(valueAt('c')).toBe('3 , "d":""}')
  expect(valueAt('d')).toBe('""}')
  expect(memberStart(object, 'e')).toBeUndefined()
  expect(memberStart('{}', 'a')).toBeUndefined()
  expect(memberStart('{"a": [', 'b')).toBeUndefined()
  expect(memberStart('["a"]', 'a')).toBeUndefined()
})

test('whatever is put together from its parts is what it was', () => {
  const random = numbers(20261121)
  for (let round = 0; round < 2000; round++) {
    const value = [aValue(random, 3), aValue(random, 3)]
    const text = JSON.stringify(value, undefined, round % 3)
    const parts = elementsOf(text)

    expect(JSON.parse(`[${parts?.join(',')}]`), text).toEqual(value)
  }
})

function aValue(random: () => number, depth: number): unknown {
  const kind = Math.floor(random() * (depth === 0 ? 3 : 5))
  const some = Array.from({ length: Math.floor(random() * 4) })
  if (kind === 0) return Math.floor(random() * 1000) / 10
  if (kind === 1) return random() < 0.5 ? null : true
  if (kind === 2) return some.map(() => '"\\[]{},: x\n'[Math.floor(random() * 11)]).join('')
  if (kind === 3) return some.map(() => aValue(random, depth - 1))
  return Object.fromEntries(some.map((_, at) => [`${at}"\\`, aValue(random, depth - 1)]))
}

function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
