import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import { errorBody } from './error-body.ts'

/** Bytes of a body: a token and what is around it. */
const BODY_BYTES = 1024

/** An HTTP application without routes. Values are of the type they were sent with, errors are told in our own words. */
export function bareApp(): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    ajv: { customOptions: { coerceTypes: false } },
    frameworkErrors: (error, _, reply) => tell(error, reply),
  })
  const parse = app.getDefaultJsonParser('error', 'error')
  // Clients that always name JSON send an empty body to a route that takes none.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, String(body), done)
  })
  app.addHook('onRequest', async (_, reply) => void reply.header('x-content-type-options', 'nosniff'))
  app.setErrorHandler<FastifyError>((error, _, reply) => tell(error, reply))
  return app
}

function tell({ statusCode = 500, code = 'INTERNAL', message }: FastifyError, reply: FastifyReply) {
  return reply.code(statusCode).send(errorBody(code, message))
}
