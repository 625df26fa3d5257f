import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/base/sha256.ts'

test('texts of every length around the edges of a block have the digest that node:crypto gives', () => {
  const texts = Array.from(
    { length: 200 },
    (_, length) => `${'ä€😀'.slice(0, length % 5)}${'x'.repeat(length)}`,
  )

  for (const text of [...texts, 'a'.repeat(70_000)])
    expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'))
})
