import type { FastifyReply } from 'fastify'
import type { Refused } from './permission.ts'

/** Body of every answer that tells of an error. */
export type ErrorBody = { readonly error: { readonly code: string; readonly message: string } }

/** An error as the doors tell it. */
export function errorBody(code: string, message: string): ErrorBody {
  return { error: { code, message } }
}

/** Answers that somebody may not act, and why. */
export function refuse(reply: FastifyReply, { status, headers, code, message }: Refused): FastifyReply {
  return reply.code(status).headers(headers).send(errorBody(code, message))
}
