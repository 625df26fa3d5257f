import { expect, test } from 'vitest'
import { type Reader, readersOf } from '../../src/http/readers.ts'
import { aFeed } from '../support/feed.ts'

/** A reader that takes what it is given when it is told to. */
function aReader() {
  const given: { readonly bytes: Uint8Array; readonly taken: () => void }[] = []
  const state = { waiting: 0, isLetGo: false }
  const reader: Reader = {
    socket: null,
    get destroyed() {
      return state.isLetGo
    },
    get writableLength() {
      return state.waiting
    },
    write: (bytes: Uint8Array, taken: unknown) => {
      state.waiting += bytes.length
      if (typeof taken === 'function') given.push({ bytes, taken: () => taken() })
      return true
    },
    end: () => reader as never,
    destroy: () => {
      state.isLetGo = true
      return reader as never
    },
    on: () => {},
  }
  const takeOne = () => {
    const first = given.shift()
    state.waiting -= first?.bytes.length ?? 0
    first?.taken()
  }
  return { reader, given, takeOne, isLetGo: () => state.isLetGo }
}

function some() {
  const { feed, clock, print } = aFeed()
  const now = { ms: 0 }
  const readers = readersOf(feed, () => now.ms)
  const printAt = async (ms: number, text = 'x') => {
    now.ms = ms
    print(text)
    await clock.advance(1000)
  }
  return { readers, printAt }
}

test('a reader that takes nothing for thirty seconds is let go, one that takes a little is not', async () => {
  const { readers, printAt } = some()
  const [stopped, slow] = [aReader(), aReader()]
  for (const { reader } of [stopped, slow]) readers.join(reader, 0)
  await printAt(30_000)
  expect(stopped.isLetGo()).toBe(false)
  slow.takeOne()
  await printAt(30_001)

  expect(stopped.isLetGo()).toBe(true)
  expect(slow.isLetGo()).toBe(false)
})

test('a reader for whom more than 256 KiB wait is let go, and what it would have been told is not kept', async () => {
  const { readers, printAt } = some()
  const { reader, isLetGo } = aReader()
  readers.join(reader, 0)
  let ms = 0
  while (!isLetGo() && ms < 1000) await printAt(ms++, 'x'.repeat(4000))

  expect(isLetGo()).toBe(true)
  expect(reader.writableLength).toBeGreaterThan(256 * 1024)
  expect(reader.writableLength).toBeLessThan(300 * 1024)
})

test('readers who come at once are given the very same bytes, until something happens', async () => {
  const { readers, printAt } = some()
  const [first, second, third] = [aReader(), aReader(), aReader()]
  await printAt(0, 'before')
  readers.join(first.reader, 200)
  readers.join(second.reader, 200)
  await printAt(1, 'after')
  readers.join(third.reader, 200)

  expect(second.given[0]?.bytes).toBe(first.given[0]?.bytes)
  expect(Buffer.from(third.given[0]?.bytes ?? []).toString()).toContain('after')
})
