import { expect, test } from 'vitest'
import { escapeName, isPlain, nameBytes, pathBytes } from '../../src/base/tree-path.ts'

test('a name of printable ASCII is written as it is, blanks and tildes too', () => {
  expect(escapeName(Buffer.from('a b~!.txt'))).toBe('a b~!.txt')
})

test('every other byte and the escaping sign itself are written as their number', () => {
  expect(escapeName(Buffer.from([0x63, 0xe9, 0x0a, 0x25, 0x7f]))).toBe('c%E9%0A%25%7F')
})

test('every name comes back as the bytes that it was', () => {
  const every = Buffer.from(Array.from({ length: 255 }, (_, at) => at + 1))

  expect(nameBytes(escapeName(every))).toEqual(every)
})

test('a part of a larger buffer is read as that part alone', () => {
  expect(escapeName(Buffer.from('before/name').subarray(7))).toBe('name')
})

test('a relative path becomes an absolute one in bytes, and the empty path the folder itself', () => {
  expect(pathBytes('/é', 'a%0A/b')).toEqual(Buffer.from('/é/a\n/b'))
  expect(pathBytes('/é', '')).toEqual(Buffer.from('/é'))
})

test('what holds an escape is not plain', () => {
  expect(isPlain('a b/c')).toBe(true)
  expect(isPlain('a%25')).toBe(false)
})
