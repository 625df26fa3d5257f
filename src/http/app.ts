import { type FastifyError, type FastifyInstance, fastify } from 'fastify'
import type { Behind } from '../app/doors.ts'
import { control } from './control.ts'
import { errorBody } from './error-body.ts'
import { health } from './health.ts'
import { page } from './page.ts'
import { status } from './status.ts'

/** The HTTP application, ready to be asked; `mayAct` adds the routes that change something. */
export async function appFor(behind: Behind, { mayAct }: { mayAct: boolean }): Promise<FastifyInstance> {
  const app = fastify({ logger: false, bodyLimit: 1024 })
  app.setErrorHandler<FastifyError>((error, _, reply) => {
    const code = error.statusCode ?? 500
    return reply.code(code).send(errorBody(error.code ?? 'INTERNAL', error.message))
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(errorBody('NOT_FOUND', `Cannot find ${request.method} ${request.url} here.`)),
  )
  app.register(health(behind))
  app.register(status(behind))
  app.register(page)
  if (mayAct) app.register(control(behind))
  await app.ready()
  return app
}
