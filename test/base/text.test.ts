import { expect, test } from 'vitest'
import { columns, nearest, printable, shortList, sizeText } from '../../src/base/text.ts'

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [10 * 1024, '10 KiB'],
  [1024 ** 2, '1.0 MiB'],
  [1.5 * 1024 ** 3, '1.5 GiB'],
  [5000 * 1024 ** 4, '5000 TiB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

test.each([
  ['restrat', 'restart'],
  ['stpo', 'stop'],
  ['STOP', undefined],
  ['xyzzy', undefined],
  ['start', 'start'],
])('the word nearest to %s is %s', (word, near) => {
  expect(nearest(word, ['start', 'stop', 'restart', 'status'])).toBe(near)
})

test('of two words equally near the first is taken', () => {
  expect(nearest('at', ['bat', 'cat'])).toBe('bat')
  expect(nearest('', [])).toBeUndefined()
})

test('swapped neighbours are one slip, not two', () => {
  expect(nearest('prot', ['port'])).toBe('port')
  expect(nearest('abc', ['cba'])).toBeUndefined()
})

test('columns are aligned and lines have no trailing blanks', () => {
  expect(columns([['a', 'bb', ''], ['ccc', 'd'], ['e']])).toBe('a    bb\nccc  d\ne')
})

test('a list of names is cut after the fourth', () => {
  expect(shortList(['a', 'b', 'c', 'd'])).toBe('a, b, c, d')
  expect(shortList(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('a, b, c, d and 2 more')
})

test('control characters are written out, wherever they are', () => {
  expect(printable({ path: '/a\x07b\n', list: ['\x1b[31m'], count: 3 })).toEqual({
    path: '/a\\x07b\\x0a',
    list: ['\\x1b[31m'],
    count: 3,
  })
})
