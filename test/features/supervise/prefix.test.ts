import { expect, test } from 'vitest'
import { lineSplitter } from '../../../src/features/supervise/prefix.ts'
import { prefixLane } from '../../../src/features/supervise/prefix-lane.ts'
import { randomFrom } from '../../faults/random.ts'

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

test('a line that is just as long as the bound is not cut, however it comes', () => {
  for (const chunks of [['aaaaa\n'], ['aaaaa', '\n'], ['a', 'aaaa', '\n']])
    expect(split(chunks, 5)).toEqual({ pieces: [['aaaaa', '\n']], rest: '' })
})

test('invalid UTF-8, NUL, carriage returns and lines of 1 MB look the same behind prefixes however they are chunked', () => {
  const random = randomFrom(3)
  const bytes = Buffer.concat([
    Buffer.from(Array.from({ length: 20_000 }, () => Math.floor(random() * 256))),
    Buffer.alloc(1_000_000, 'x'),
    Buffer.from('\r\n10%\r20%\r\0\n\xff', 'latin1'),
  ])
  const whole = prefixed([bytes])
  for (let round = 0; round < 20; round++) expect(prefixed(chunked(bytes, random)).equals(whole)).toBe(true)
  const cuts = Math.floor((1_000_000 - 1) / (64 * 1024))
  expect(whole.toString('latin1').match(/x\n\[comfyui\] x/g)).toHaveLength(cuts)
})

function prefixed(chunks: readonly Uint8Array[]): Buffer {
  const written: Uint8Array[] = []
  const lane = prefixLane('comfyui', (_, lines) => void written.push(lines))
  const splitter = lineSplitter()
  for (const chunk of chunks) lane.push(chunk, splitter.push(chunk))
  lane.end(splitter.rest())
  return Buffer.concat(written)
}

/** Parts of 1 byte to 130 KB, most of them small where the bytes are various. */
function chunked(bytes: Buffer, random: () => number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(random() ** 2 * (at < 20_000 ? 300 : 130_000))
    chunks.push(bytes.subarray(at, end))
    at = end
  }
  return chunks
}
