import type { FastifyPluginCallback, FastifyReply } from 'fastify'
import type { Behind } from '../app/doors.ts'
import type { Feed } from '../app/feed.ts'
import { KEPT_LINES } from '../app/last-lines.ts'
import type { News } from '../app/news.ts'
import { errorBody } from './error-body.ts'

/** More readers than people look at one instance; further ones are turned away. */
const MOST_READERS = 32

/** A reader for whom more than this waits is let go, bytes: it may come again and is told the newest. */
const MOST_WAITING = 1024 * 1024

/** A reader that was let go comes again after so long, milliseconds. */
const AGAIN_MS = 3000

type Asked = { Querystring: { readonly lines?: number } }

/** GET /events: what happens, as server-sent events: the whole status and the last lines first, then whatever is new. */
export function events({ feed }: Behind): FastifyPluginCallback {
  const hub = hubOf(feed)
  return (app, _, done) => {
    app.get<Asked>('/events', { schema: { querystring: QUERY } }, ({ method, query }, reply) => {
      if (method === 'HEAD') return reply.headers(HEADERS).send()
      if (hub.isFull()) {
        const message = `Cannot tell more than ${MOST_READERS} readers at once what happens.`
        return reply.code(503).header('retry-after', 5).send(errorBody('READERS_TOO_MANY', message))
      }
      reply.hijack()
      reply.raw.writeHead(200, HEADERS)
      hub.join(reply.raw, query.lines ?? KEPT_LINES)
      return reply
    })
    done()
  }
}

const QUERY = {
  type: 'object',
  properties: { lines: { type: 'integer', minimum: 0, maximum: KEPT_LINES } },
} as const

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Proxies would otherwise wait for more before they pass anything on.
  'x-accel-buffering': 'no',
} as const

type Reader = FastifyReply['raw']

// What is told is made into bytes once, whoever reads it: a slow reader holds the same bytes as the others.
function hubOf(feed: Feed) {
  const readers = new Set<Reader>()
  let unfollow = () => {}
  const leave = (reader: Reader) => {
    readers.delete(reader)
    if (readers.size === 0) unfollow()
  }
  const give = (reader: Reader, bytes: Uint8Array) => {
    reader.write(bytes)
    if (reader.writableLength > MOST_WAITING) reader.destroy()
  }
  const follower = {
    take: (news: readonly News[]) => {
      const bytes = Buffer.from(news.length === 0 ? BEAT : textOf(news))
      for (const reader of [...readers]) give(reader, bytes)
    },
    over: () => {
      for (const reader of [...readers]) reader.end()
    },
  }
  return {
    isFull: () => readers.size >= MOST_READERS,
    join: (reader: Reader, lines: number) => {
      if (reader.destroyed) return
      reader.on('error', () => {})
      reader.on('close', () => leave(reader))
      give(reader, Buffer.from(`retry: ${AGAIN_MS}\n\n${textOf(feed.begin(lines))}`))
      if (readers.add(reader).size === 1) unfollow = feed.follow(follower)
    },
  }
}

const BEAT = ': nothing new\n\n'

// JSON has no line ends of its own: each piece of news is one line of data.
function textOf(news: readonly News[]): string {
  return news.map(({ kind, json }) => `event: ${kind}\ndata: ${json}\n\n`).join('')
}
