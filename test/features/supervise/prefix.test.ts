import { expect, test } from 'vitest'
import { lineSplitter } from '../../../src/features/supervise/prefix.ts'

function split(chunks: readonly (string | Uint8Array)[], longest?: number) {
  const splitter = lineSplitter(longest)
  const pieces = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)))
  return {
    pieces: pieces.map(({ bytes, end }) => [Buffer.from(bytes).toString('latin1'), end]),
    rest: Buffer.from(splitter.rest()).toString('latin1'),
  }
}

test('lines end at line feeds, carriage returns and both together', () => {
  expect(split(['a\nb\rc\r\n\nd'])).toEqual({
    pieces: [
      ['a', '\n'],
      ['b', '\r'],
      ['c', '\r\n'],
      ['', '\n'],
    ],
    rest: 'd',
  })
})

test('a line in many chunks is one line', () => {
  expect(split(['a', 'b', '', 'c\nd', 'e\n'])).toEqual({
    pieces: [
      ['abc', '\n'],
      ['de', '\n'],
    ],
    rest: '',
  })
})

test('bytes that are no text, and NUL, come through unchanged', () => {
  const bytes = Uint8Array.from([0xff, 0xfe, 0x00, 0x80, 0x0a])
  expect(split([bytes]).pieces).toEqual([['\xff\xfe\0\x80', '\n']])
})

test('output without line ends is cut at the bound', () => {
  expect(split(['aaaa', 'bbbbcccc', 'd\n'], 5)).toEqual({
    pieces: [
      ['aaaab', 'cut'],
      ['bbbcc', 'cut'],
      ['ccd', '\n'],
    ],
    rest: '',
  })
})

test('a line that is just as long as the bound is not cut in two', () => {
  expect(split(['aaaaa\nb\n'], 5).pieces).toEqual([
    ['aaaaa', '\n'],
    ['b', '\n'],
  ])
})

test('however the bytes are chunked, joined pieces are the bytes', () => {
  const text = 'one\r 10%\r 20%\r\ntwo\n\n\rthree\0\n'.repeat(40)
  for (let size = 1; size < 50; size++) {
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.slice(at * size, at * size + size),
    )
    const { pieces, rest } = split(chunks)
    expect(pieces.map(([bytes, end]) => `${bytes}${end}`).join('') + rest).toBe(text)
  }
})
