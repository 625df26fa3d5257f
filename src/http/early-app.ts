import type { FastifyInstance } from 'fastify'
import type { Behind } from '../app/doors.ts'
import { bareApp } from './bare-app.ts'
import { errorBody } from './error-body.ts'
import { events } from './events.ts'
import { page } from './page.ts'
import { status } from './status.ts'

/** Seconds after which whoever looked for ComfyUI may ask again. */
const ASK_AGAIN_S = 5

/**
 * What answers on ComfyUI's port before ComfyUI does: the boot page, which is 503, and what it asks for itself, for reading
 * alone. Everything else is 503, whatever is asked for: no prober takes it for ComfyUI.
 */
export async function earlyAppFor(behind: Behind): Promise<FastifyInstance> {
  const app = bareApp()
  const later = errorBody('COMFYUI_NOT_STARTED', 'Cannot answer for ComfyUI: it is not started yet.')
  app.setNotFoundHandler((_, reply) => reply.code(503).header('retry-after', ASK_AGAIN_S).send(later))
  app.register(page, { isEarly: true })
  app.register(status(behind))
  app.register(events(behind))
  app.get('/session', () => ({ mayAct: false }))
  await app.ready()
  return app
}
