import { createHash } from 'node:crypto'
import type { FastifyPluginCallback } from 'fastify'
import { markup } from './page/markup.ts'
import { SCRIPT } from './page/script.ts'
import { STYLE } from './page/style.ts'

/** Seconds after which whoever asked ComfyUI's port, and met the page, may ask again. */
const ASK_AGAIN_S = 5

/**
 * GET /: the boot page. `isEarly` when it is served on ComfyUI's own port, in its place: it then answers 503, so that nobody
 * takes it for ComfyUI; browsers show it all the same.
 */
export const page: FastifyPluginCallback<{ readonly isEarly?: boolean }> = (
  app,
  { isEarly = false },
  done,
) => {
  const text = markup({ style: STYLE, script: SCRIPT, isEarly })
  app.get('/', (_, reply) => {
    if (isEarly) reply.code(503).header('retry-after', ASK_AGAIN_S)
    return reply.headers(HEADERS).send(text)
  })
  done()
}

const hashOf = (inline: string) => `'sha256-${createHash('sha256').update(inline).digest('base64')}'`

/** Only what the page itself brings may run, and texts cannot become markup even by mistake. */
const POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  'img-src data:',
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
].join('; ')

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const
