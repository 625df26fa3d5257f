import type { FastifyInstance } from 'fastify'
import type { Behind } from '../app/doors.ts'
import { bareApp } from './bare-app.ts'
import { control } from './control.ts'
import { errorBody } from './error-body.ts'
import { events } from './events.ts'
import { health } from './health.ts'
import { metrics } from './metrics.ts'
import { page } from './page.ts'
import { permissionOf } from './permission.ts'
import { services } from './services.ts'
import { session } from './session.ts'
import { status } from './status.ts'

/**
 * The HTTP application, ready to be asked. With `mayAct` everybody who can ask may also act; otherwise whoever knows the
 * token may.
 */
export async function appFor(behind: Behind, { mayAct }: { mayAct: boolean }): Promise<FastifyInstance> {
  const app = bareApp()
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(errorBody('NOT_FOUND', `Cannot find ${request.method} ${request.url} here.`)),
  )
  app.register(health(behind))
  app.register(status(behind))
  app.register(page)
  app.register(events(behind))
  app.register(metrics(behind))
  if (mayAct) app.register(control(behind)).register(services(behind))
  else {
    const permission = permissionOf(behind)
    app.register(control(behind, permission)).register(session(permission))
  }
  await app.ready()
  return app
}
