import type { FastifyPluginCallback } from 'fastify'
import type { Act, Behind, Outcome } from '../app/doors.ts'
import { errorBody, refuse } from './error-body.ts'
import type { Permission } from './permission.ts'

type Acted = { Params: { readonly name: string; readonly act: Act } }

const ACT = { type: 'object', properties: { act: { enum: ['start', 'stop', 'restart'] } } } as const

/** POST /services/:name/start, stop or restart acts on a service, where the caller may; without a `permission` everybody may. */
export function control(behind: Behind, permission?: Permission): FastifyPluginCallback {
  return (app, _, done) => {
    app.addHook('onRequest', async (caller, reply) => {
      const refused = permission?.refusal(caller)
      return refused && refuse(reply, refused)
    })
    app.post<Acted>('/services/:name/:act', { schema: { params: ACT } }, async ({ params }, reply) => {
      const { name, act } = params
      const outcome = await behind.control(name, act)
      if (outcome === 'done') return { service: name, act }
      const { status, body } = unable(behind, { outcome, name, act })
      return reply.code(status).send(body)
    })
    done()
  }
}

/** What is told of a service that is not there. */
export function absent(behind: Behind, name: string) {
  const names = behind.services().map((each) => each.name)
  return errorBody(
    'SERVICE_NOT_FOUND',
    `Cannot find a service «${name}». There is: ${names.join(', ') || 'none yet'}.`,
  )
}

type Unable = { readonly outcome: Exclude<Outcome, 'done'>; readonly name: string; readonly act: Act }

function unable(behind: Behind, { outcome, name, act }: Unable) {
  switch (outcome) {
    case 'absent':
      return { status: 404, body: absent(behind, name) }
    case 'overtaken':
      return {
        status: 409,
        body: errorBody('SERVICE_BUSY', `Cannot ${act} ${name}: it was started again before it had stopped.`),
      }
    case 'ending':
      return {
        status: 409,
        body: errorBody('SERVICE_BUSY', `Cannot ${act} ${name}: everything is being stopped.`),
      }
  }
}
