import type { FastifyReply } from 'fastify'
import type { Feed } from '../app/feed.ts'
import type { News } from '../app/news.ts'

/** More readers than people look at one instance; further ones are turned away. */
export const MOST_READERS = 32

/**
 * A reader for whom this much waits, bytes, or anything for so long, milliseconds, is let go when there is more to tell: it
 * may come again and is told the newest.
 */
const MOST_WAITING = 256 * 1024
const LONGEST_MS = 30_000

/** A reader that was let go comes again after so long, milliseconds. */
const AGAIN_MS = 3000

/** Somebody who is told what happens: an answer that goes on. */
export type Reader = Pick<
  FastifyReply['raw'],
  'write' | 'end' | 'destroy' | 'destroyed' | 'writableLength' | 'socket'
> & { readonly on: (event: 'error' | 'close', call: () => void) => unknown }

/** Those who are told what happens now. */
export type Readers = {
  readonly isFull: () => boolean
  /** Tells the reader the beginning with so many last lines, and from then on what happens, until it leaves. */
  readonly join: (reader: Reader, lines: number) => void
}

/** Readers of a feed. What is told is made into bytes once, whoever reads it: a slow reader holds the same bytes as the others. */
export function readersOf(feed: Feed, elapsedMs: () => number): Readers {
  // When each of the writes was made that a reader has not taken yet.
  const readers = new Map<Reader, number[]>()
  const beginBytes = keptBytes((news) => `retry: ${AGAIN_MS}\n\n${textOf(news)}`)
  let unfollow = () => {}
  const give = (reader: Reader, bytes: Uint8Array) => {
    const waiting = readers.get(reader) ?? []
    const [oldestMs = elapsedMs()] = waiting
    if (reader.writableLength > MOST_WAITING || elapsedMs() - oldestMs > LONGEST_MS) reader.destroy()
    else {
      waiting.push(elapsedMs())
      reader.write(bytes, () => void waiting.shift())
    }
  }
  const leave = (reader: Reader) => {
    if (readers.delete(reader) && readers.size === 0) unfollow()
  }
  const follower = {
    take: (news: readonly News[]) => {
      const bytes = Buffer.from(news.length === 0 ? BEAT : textOf(news))
      for (const reader of [...readers.keys()]) give(reader, bytes)
    },
    over: () => {
      for (const reader of [...readers.keys()]) reader.end()
    },
  }
  return {
    isFull: () => readers.size >= MOST_READERS,
    join: (reader, lines) => {
      if (reader.destroyed) return
      reader.on('error', () => {})
      reader.on('close', () => leave(reader))
      const bytes = beginBytes(feed.begin(lines))
      if (readers.set(reader, []).size === 1) unfollow = feed.follow(follower)
      give(reader, bytes)
    },
  }
}

const BEAT = ': nothing new\n\n'

// The same news comes as the same array: many who come at once cost one making.
function keptBytes(textFor: (news: readonly News[]) => string): (news: readonly News[]) => Uint8Array {
  const made = new WeakMap<readonly News[], Uint8Array>()
  return (news) => {
    const bytes = made.get(news) ?? Buffer.from(textFor(news))
    made.set(news, bytes)
    return bytes
  }
}

// JSON has no line ends of its own: each piece of news is one line of data.
function textOf(news: readonly News[]): string {
  return news.map(({ kind, json }) => `event: ${kind}\ndata: ${json}\n\n`).join('')
}
