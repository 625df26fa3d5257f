import { expect, test } from 'vitest'
import { decoded, plainText } from '../../src/base/plain-text.ts'

const shown = (text: string | Uint8Array, most = 100) => plainText(decoded(Buffer.from(text), most))

test('plain text stays as it is, tabs and other scripts too', () => {
  expect(shown('a\tb «ü» 画像 🙂')).toBe('a\tb «ü» 画像 🙂')
})

test('colours, cursor moves, titles, links and control characters are taken out', () => {
  expect(shown('\x1b[1;31mred\x1b[0m \x1b[2K\x1b[?25lx')).toBe('red x')
  expect(shown('\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b')).toBe('ab')
  expect(shown('\x1b]never ends')).toBe('')
  expect(shown('a\x00b\x07c\x9bd\x7f')).toBe('abcd')
})

test('what is no UTF-8 becomes U+FFFD', () => {
  expect(shown(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffdb')
})

test('a cut never leaves half a character', () => {
  for (const most of [1, 2, 3, 4, 5, 6, 7, 8]) expect(shown('a画🙂', most)).not.toContain('\ufffd')
  expect(shown('a画🙂', 7)).toBe('a画')
  expect(shown('a画🙂', 8)).toBe('a画🙂')
})
