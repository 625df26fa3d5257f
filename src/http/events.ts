import type { FastifyPluginCallback } from 'fastify'
import type { Behind } from '../app/doors.ts'
import { KEPT_LINES } from '../app/last-lines.ts'
import { errorBody } from './error-body.ts'
import { MOST_READERS, readersOf } from './readers.ts'

type Asked = { Querystring: { readonly lines?: string } }

/** GET /events: what happens, as server-sent events: the whole status and the last lines first, then whatever is new. */
export function events({ feed, elapsedMs }: Behind): FastifyPluginCallback {
  const readers = readersOf(feed, elapsedMs)
  return (app, _, done) => {
    app.get<Asked>('/events', { schema: { querystring: QUERY } }, ({ method, query, raw }, reply) => {
      if (method === 'HEAD') return reply.headers(HEADERS).send()
      if (readers.isFull()) {
        const message = `Cannot tell more than ${MOST_READERS} readers at once what happens.`
        return reply.code(503).header('retry-after', 5).send(errorBody('READERS_TOO_MANY', message))
      }
      reply.hijack()
      if (raw.socket.destroyed) return reply
      reply.raw.writeHead(200, HEADERS)
      readers.join(reply.raw, Number(query.lines ?? KEPT_LINES))
      return reply
    })
    done()
  }
}

/** Numbers from 0 to KEPT_LINES, as text: that is what a query holds. */
const QUERY = {
  type: 'object',
  properties: { lines: { type: 'string', pattern: '^(?:\\d{1,2}|1\\d\\d|200)$' } },
} as const

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Proxies would otherwise wait for more before they pass anything on.
  'x-accel-buffering': 'no',
} as const
