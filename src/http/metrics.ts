import type { FastifyPluginCallback } from 'fastify'
import type { Behind } from '../app/doors.ts'

/** GET /metrics: what can be measured, in Prometheus's text format. Nothing is measured or loaded while nobody asks. */
export function metrics({ metrics: measure }: Behind): FastifyPluginCallback {
  return (app, _, done) => {
    app.get('/metrics', async (_, reply) => {
      const { exposition } = await import('./exposition.ts')
      const { type, text } = await exposition(await measure())
      return reply.type(type).header('cache-control', 'no-store').send(text)
    })
    done()
  }
}
