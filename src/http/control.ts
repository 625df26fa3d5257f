import type { FastifyPluginCallback } from 'fastify'
import type { Behind } from '../app/doors.ts'
import { errorBody } from './error-body.ts'

type Named = { Params: { readonly name: string } }
type Acted = { Params: { readonly name: string; readonly act: 'start' | 'stop' | 'restart' } }

const ACT = { type: 'object', properties: { act: { enum: ['start', 'stop', 'restart'] } } } as const

/** POST /services/:name/start, stop or restart acts on a service; GET /services/:name/log tells where its log lies. */
export function control(behind: Behind): FastifyPluginCallback {
  const absent = (name: string) =>
    errorBody(
      'SERVICE_NOT_FOUND',
      `Cannot find a service «${name}». There is: ${behind.services().join(', ') || 'none yet'}.`,
    )
  return (app, _, done) => {
    app.post<Acted>('/services/:name/:act', { schema: { params: ACT } }, async ({ params }, reply) => {
      const { name, act } = params
      if (!(await behind.control(name, act))) return reply.code(404).send(absent(name))
      return { service: name, act }
    })
    app.get<Named>('/services/:name/log', ({ params: { name } }, reply) => {
      const path = behind.logFile(name)
      return path === undefined ? reply.code(404).send(absent(name)) : { service: name, path }
    })
    app.get('/services', () => ({ services: behind.services() }))
    done()
  }
}
