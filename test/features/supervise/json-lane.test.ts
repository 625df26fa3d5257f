import { expect, test } from 'vitest'
import { jsonLane } from '../../../src/features/supervise/json-lane.ts'
import { lineSplitter } from '../../../src/features/supervise/prefix.ts'
import { randomFrom } from '../../faults/random.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

function aLane(longest?: number) {
  const clock = virtualClock()
  const written: string[] = []
  const write = (chunk: Uint8Array) => void written.push(Buffer.from(chunk).toString())
  const lane = jsonLane({ service: 'comfyui', stream: 'stderr' }, { clock, write })
  const splitter = lineSplitter(longest)
  return {
    clock,
    say: (chunk: string | Uint8Array) => {
      const bytes = Buffer.from(chunk)
      lane.push(bytes, splitter.push(bytes))
    },
    end: () => lane.end(splitter.rest()),
    entries: () =>
      written
        .join('')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    texts() {
      return this.entries().map(({ text, partial }) => (partial === true ? `${text}…` : text))
    },
  }
}

test('each line is one object with its time, its service and its stream', async () => {
  const { say, entries, clock } = aLane()
  say('one\n\ntw')
  await clock.advance(1500)
  say('o\r\n')
  const from = { from: 'comfyui', stream: 'stderr' }
  const [start, later] = ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:01.500Z']
  expect(entries()).toEqual([
    { time: start, ...from, text: 'one' },
    { time: start, ...from, text: '' },
    { time: later, ...from, text: 'two' },
  ])
})

test('bytes that are no text become U+FFFD; NUL, colours and quotes survive', () => {
  const lane = aLane()
  lane.say(Uint8Array.from([0xff, 0x61, 0xc3, 0x0a]))
  lane.say('\0 \x1b[31m"\\\u2028é\n')
  expect(lane.texts()).toEqual(['\ufffda\ufffd', '\0 \x1b[31m"\\\u2028é'])
})

test('a line beyond the bound goes on in the next object, no character is torn, and the next line is whole', () => {
  const lane = aLane(4)
  lane.say('abcéfghi\nnext')
  lane.end()
  expect(lane.texts()).toEqual(['abc…', 'éfgh…', 'i', 'next'])
})

test('of a progress bar the last piece of each second is written, and the last of all', async () => {
  const lane = aLane()
  for (let percent = 0; percent < 50; percent++) {
    lane.say(`\r${percent}%`)
    await lane.clock.advance(100)
  }
  expect(lane.texts()).toEqual(['0%', '9%', '19%', '29%', '39%'])
  lane.say('\r100%\n')
  expect(lane.texts().slice(5)).toEqual(['49%', '100%'])
  expect(lane.clock.pending()).toBe(0)
})

test('a progress bar that stands still or ends with its program is not lost', async () => {
  const lane = aLane()
  lane.say('1%\r2%\r')
  expect(lane.texts()).toEqual(['1%'])
  await lane.clock.advance(1000)
  expect(lane.texts()).toEqual(['1%', '2%'])
  lane.say('3%\r')
  lane.end()
  expect(lane.texts()).toEqual(['1%', '2%', '3%'])
  expect(lane.clock.pending()).toBe(0)
})

test('the two halves of a line end in two chunks are one line end', () => {
  const lane = aLane()
  for (const chunk of ['one\r', '\ntwo\r', '\n']) lane.say(chunk)
  lane.end()
  expect(lane.texts()).toEqual(['one', 'two'])
})

test('however the bytes are chunked, the lines are the same', () => {
  const random = randomFrom(7)
  const lines = Array.from({ length: 200 }, (_, at) => `${at} ${'é\0"x'.repeat(Math.floor(random() * 6))}`)
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  for (let round = 0; round < 50; round++) {
    const lane = aLane()
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + Math.floor(random() * 60)
      lane.say(bytes.subarray(at, end))
      at = end
    }
    lane.end()
    expect(lane.texts()).toEqual(lines)
  }
})
