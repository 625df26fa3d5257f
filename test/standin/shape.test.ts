import { expect, it } from 'vitest'
import { differences } from './shape.ts'

const shape = { a: 'number', b: { c: ['string'], d: '=x', e: 'null|boolean' } } as const

it('a value of the shape has no differences', () => {
  expect(differences(shape, { a: 1, b: { c: ['q'], d: 'x', e: null } })).toEqual([])
})

it.each([
  ['a missing key', { a: 1, b: { c: ['q'], d: 'x' } }, '$.b.e: missing'],
  ['an extra key', { a: 1, b: { c: ['q'], d: 'x', e: null, f: 1 } }, '$.b.f: not wanted'],
  ['another type', { a: '1', b: { c: ['q'], d: 'x', e: null } }, '$.a: number is wanted, not "1"'],
  ['another text', { a: 1, b: { c: ['q'], d: 'y', e: null } }, '$.b.d: =x, not "y"'],
  ['an empty list', { a: 1, b: { c: [], d: 'x', e: true } }, '$.b.c: the list is empty'],
  ['another item', { a: 1, b: { c: ['q', 2], d: 'x', e: true } }, '$.b.c[1]: string is wanted, not 2'],
])('%s is a difference', (_, value, line) => {
  expect(differences(shape, value)).toEqual([line])
})

it('a tuple and a list that must be empty are told from other lengths', () => {
  expect(differences(['number', 'string'], [1])).toEqual(['$: 2 items are wanted, not 1'])
  expect(differences([], [1])).toEqual(['$: 0 items are wanted, not 1'])
  expect(differences({ '*': 'number' }, { x: 'y' })).toEqual(['$.x: number is wanted, not "y"'])
})
