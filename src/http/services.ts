import type { FastifyPluginCallback } from 'fastify'
import type { Behind } from '../app/doors.ts'
import { absent } from './control.ts'

type Named = { Params: { readonly name: string } }

/** What only the command line asks: GET /services names them, GET /services/:name/log tells where a log lies, GET /session is yes. */
export function services(behind: Behind): FastifyPluginCallback {
  return (app, _, done) => {
    app.get<Named>('/services/:name/log', ({ params: { name } }, reply) => {
      const path = behind.logFile(name)
      return path === undefined ? reply.code(404).send(absent(behind, name)) : { service: name, path }
    })
    app.get('/services', () => ({ services: behind.services().map(({ name }) => name) }))
    app.get('/session', () => ({ mayAct: true }))
    done()
  }
}
