import type { FastifyPluginCallback } from 'fastify'
import { refuse } from './error-body.ts'
import type { Caller, Permission } from './permission.ts'
import { SESSION_S } from './sessions.ts'

type Told = { Body: { readonly token: string } }

const TOKEN = {
  type: 'object',
  required: ['token'],
  properties: { token: { type: 'string', minLength: 1 } },
} as const

/** GET /session tells whether the caller may act, POST opens a session for whoever knows the token, DELETE ends it. */
export function session(permission: Permission): FastifyPluginCallback {
  const cookie = (caller: Caller, value: string, ageS: number) => {
    const { headers } = caller
    const text = `${permission.cookie(caller)}=${value}; Path=/; Max-Age=${ageS}; HttpOnly; SameSite=Strict`
    return { 'set-cookie': headers['x-forwarded-proto'] === 'https' ? `${text}; Secure` : text }
  }
  return (app, _, done) => {
    app.addHook('onRequest', async (_, reply) => void reply.header('cache-control', 'no-store'))
    app.get('/session', (caller) => ({ mayAct: permission.isKnown(caller) }))
    app.post<Told>('/session', { schema: { body: TOKEN } }, (caller, reply) => {
      const opened = permission.open(caller, caller.body.token)
      if ('status' in opened) return refuse(reply, opened)
      return reply.headers(cookie(caller, opened.session, SESSION_S)).send({ mayAct: true })
    })
    app.delete('/session', (caller, reply) => {
      permission.close(caller)
      return reply.headers(cookie(caller, '', 0)).send({ mayAct: false })
    })
    done()
  }
}
