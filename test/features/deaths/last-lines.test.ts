import { expect, test } from 'vitest'
import { lastLines, MOST_LINE_BYTES, MOST_LINES } from '../../../src/features/deaths/last-lines.ts'

const AS_IT_IS = (text: string) => text

function printed(...lines: readonly (string | readonly [text: string, end: '\r' | '\n'])[]) {
  const last = lastLines()
  for (const line of lines) {
    const [text, end] = typeof line === 'string' ? [line, '\n'] : line
    last.push({ stream: 'stderr', bytes: Buffer.from(text, 'latin1'), isOverwritten: end === '\r' }, 0)
  }
  return last.said(AS_IT_IS).map(({ text }) => text)
}

test('the last 200 lines are kept, the oldest first', () => {
  const all = Array.from({ length: 1234 }, (_, at) => `line ${at}`)

  expect(printed(...all)).toEqual(all.slice(-MOST_LINES))
})

test('the pieces of a progress bar are one line, its last', () => {
  expect(printed('before', ['10 %', '\r'], ['50 %', '\r'], '100 %', 'after')).toEqual([
    'before',
    '100 %',
    'after',
  ])
  expect(printed(['10 %', '\r'], ['50 %', '\r'])).toEqual(['50 %'])
})

test('a bar is written over although the other stream printed meanwhile', () => {
  const last = lastLines()
  const push = (stream: 'stdout' | 'stderr', text: string, isOverwritten = false) =>
    last.push({ stream, bytes: Buffer.from(text), isOverwritten }, 0)
  push('stderr', '10 %', true)
  push('stdout', 'a word')
  expect(last.said(AS_IT_IS).map(({ text }) => text)).toEqual(['10 %', 'a word'])
  push('stderr', '20 %', true)

  expect(last.said(AS_IT_IS).map(({ text }) => text)).toEqual(['a word', '20 %'])
})

test('colours and control characters are taken out, and what is no UTF-8 is marked', () => {
  expect(printed('\x1b[32m[INFO]\x1b[0m hi\0\x07 there', 'a\xffb')).toEqual(['[INFO] hi there', 'a\ufffdb'])
})

test('of a long line the beginning is kept, also where decoding makes it longer', () => {
  const [plain = '', broken = ''] = printed('x'.repeat(100_000), '\xff'.repeat(100_000))

  expect(plain).toBe('x'.repeat(MOST_LINE_BYTES))
  expect(Buffer.byteLength(broken)).toBeLessThanOrEqual(MOST_LINE_BYTES)
  expect(broken.length).toBeGreaterThan(1000)
})

test('a secret across the cut of a long line is seen whole before the line is cut', () => {
  const last = lastLines()
  last.push({ stream: 'stdout', bytes: Buffer.from(`${'x'.repeat(MOST_LINE_BYTES - 5)}hf_SECRET0123`) }, 0)

  const [line] = last.said((text) => text.replaceAll('hf_SECRET0123', '***'))
  expect(line?.text).toBe(`${'x'.repeat(MOST_LINE_BYTES - 5)}***`)
})

test('a line is a copy: the chunk that it came in may be used again', () => {
  const last = lastLines()
  const chunk = Buffer.from('mine')
  last.push({ stream: 'stdout', bytes: chunk }, 0)
  chunk.fill('x')

  expect(last.said(AS_IT_IS)).toMatchObject([{ text: 'mine' }])
})
