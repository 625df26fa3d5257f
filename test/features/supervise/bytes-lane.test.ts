import { expect, test } from 'vitest'
import { bytesLane } from '../../../src/features/supervise/bytes-lane.ts'
import { randomFrom } from '../../faults/random.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

function aLog() {
  const clock = virtualClock()
  const written: Buffer[] = []
  const lane = () => bytesLane({ clock, write: (chunk) => void written.push(Buffer.from(chunk)) })
  return {
    clock,
    lane,
    text: () => Buffer.concat(written).toString('latin1'),
    bytes: () => Buffer.concat(written),
  }
}

const NONE = new Uint8Array(0)

test('whole lines pass at once, the beginning of a line waits for its end', async () => {
  const { lane, text, clock } = aLog()
  const one = lane()
  one.push(Buffer.from('whole\nbeg'), [])
  expect(text()).toBe('whole\n')
  one.push(Buffer.from('in\n'), [])
  expect(text()).toBe('whole\nbegin\n')
  expect(clock.pending()).toBe(0)
})

test('a question without a line end is passed on after 200 ms, a long line at its bound, both as they are', async () => {
  const { lane, text, clock } = aLog()
  const one = lane()
  one.push(Buffer.from('sure? '), [])
  await clock.advance(199)
  expect(text()).toBe('')
  await clock.advance(1)
  expect(text()).toBe('sure? ')
  one.push(Buffer.alloc(70_000, 'x'), [])
  expect(text()).toBe(`sure? ${'x'.repeat(70_000)}`)
  one.push(Buffer.from('rest'), [])
  one.end(NONE)
  expect(text().endsWith('xrest')).toBe(true)
})

test('lines of two streams in random chunks never mix, and each stream’s bytes come exactly as they were', () => {
  const random = randomFrom(11)
  for (let round = 0; round < 50; round++) {
    const { lane, bytes } = aLog()
    // One stream has only odd bytes, the other only even ones, besides their line ends.
    const streams = [0, 1].map((low) => ({ lane: lane(), sent: noise(random, low), at: 0 }))
    while (streams.some(({ at, sent }) => at < sent.length))
      for (const stream of streams) {
        const end = stream.at + Math.floor(random() * 40)
        stream.lane.push(stream.sent.subarray(stream.at, end), [])
        stream.at = Math.min(end, stream.sent.length)
      }
    for (const stream of streams) stream.lane.end(NONE)
    const lines = bytes()
      .toString('latin1')
      .split(/(?<=[\n\r])/)
    const parityOf = (line: string) => Buffer.from(line, 'latin1').readUInt8(0) & 1
    for (const [low, { sent }] of streams.entries()) {
      const own = lines.filter((line) => parityOf(line) === low).join('')
      expect(Buffer.from(own, 'latin1').equals(sent)).toBe(true)
    }
  }
})

/** Lines of bytes that all are odd or all even, the first of each line included; ended by line feeds and carriage returns. */
function noise(random: () => number, low: number): Buffer {
  const lines = Array.from({ length: 100 }, () => {
    const bytes = Buffer.from(
      Array.from(
        { length: 1 + Math.floor(random() * 30) },
        () => ((128 + Math.floor(random() * 128)) & ~1) | low,
      ),
    )
    return Buffer.concat([bytes, Buffer.from(random() < 0.2 ? '\r' : '\n')])
  })
  return Buffer.concat(lines)
}
