import type { FastifyPluginCallback } from 'fastify'
import type { Behind } from '../app/doors.ts'

/** GET /status: everything known about this boot, as JSON. */
export function status({ status: now }: Behind): FastifyPluginCallback {
  return (app, _, done) => {
    app.get('/status', { schema: { response: { 200: STATUS } } }, (_, reply) => {
      reply.header('cache-control', 'no-store')
      return now()
    })
    done()
  }
}

const text = { type: 'string' } as const
const number = { type: 'number' } as const

const PART = {
  type: 'object',
  required: ['done', 'total'],
  properties: { done: number, total: number },
} as const

const STEP = {
  type: 'object',
  required: ['id', 'title', 'state'],
  properties: {
    id: text,
    title: text,
    state: text,
    percent: number,
    bytes: PART,
    files: PART,
    leftMs: number,
    paused: { type: 'boolean' },
    ms: number,
  },
} as const

const SERVICE = {
  type: 'object',
  required: ['name', 'title', 'state', 'restarts', 'isSafe'],
  properties: {
    name: text,
    title: text,
    state: text,
    pid: number,
    why: text,
    restarts: number,
    isSafe: { type: 'boolean' },
  },
} as const

const CONDITION = {
  type: 'object',
  required: ['condition', 'text'],
  properties: { condition: text, text },
} as const

const DEATH = {
  type: 'object',
  required: ['service', 'at', 'cause', 'summary'],
  properties: { service: text, at: text, cause: text, summary: text, remedy: text },
} as const

const PROBLEM = {
  type: 'object',
  required: ['code', 'kind', 'level', 'what', 'why', 'remedy'],
  properties: { code: text, kind: text, level: text, what: text, why: text, remedy: text },
} as const

/** JSON schema of the answer; what it does not name is not sent. */
const STATUS = {
  type: 'object',
  required: [
    'phase',
    'version',
    'instance',
    'startedAt',
    'steps',
    'services',
    'conditions',
    'deaths',
    'problems',
    'addresses',
  ],
  properties: {
    phase: text,
    version: text,
    instance: text,
    startedAt: text,
    step: STEP,
    steps: { type: 'array', items: STEP },
    services: { type: 'array', items: SERVICE },
    conditions: { type: 'array', items: CONDITION },
    deaths: { type: 'array', items: DEATH },
    problems: { type: 'array', items: PROBLEM },
    addresses: { type: 'object', additionalProperties: text },
  },
} as const
