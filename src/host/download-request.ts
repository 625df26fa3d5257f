import { readFileSync } from 'node:fs'
import {
  type IncomingMessage,
  Agent as PlainAgent,
  type RequestOptions,
  request as requestPlain,
} from 'node:http'
import { request as requestTls, Agent as TlsAgent } from 'node:https'
import { getCACertificates } from 'node:tls'
import { systemCode } from '../base/problem.ts'
import type { AskedAt, NoAnswer } from './download.ts'

/** An answer whose body is still to come. */
export type Opened = { readonly kind: 'opened'; readonly answer: IncomingMessage } | NoAnswer

/** Asks, follows redirects, and gives the answer with its body unread. Throws only the signal’s reason. */
export async function openAnswer(
  { url, signal }: Omit<AskedAt, 'timeoutMs'>,
  headers: Readonly<Record<string, string>>,
  late: AbortSignal,
): Promise<Opened> {
  const either = signal === undefined ? late : AbortSignal.any([signal, late])
  let at = new URL(url)
  for (let hops = 0; hops <= MOST_HOPS; hops++) {
    try {
      const answer = await ask(at, { headers, signal: either })
      const next = redirectOf(answer, at)
      if (next === undefined) return { kind: 'opened', answer }
      answer.resume()
      if (at.protocol === 'https:' && next.protocol !== 'https:')
        return { kind: 'unreachable', reason: `${at.host} leads on to an address without encryption` }
      at = next
    } catch (error) {
      signal?.throwIfAborted()
      return noAnswer(error, late)
    }
  }
  return { kind: 'unreachable', reason: `${at.host} leads on and on` }
}

/** Why nothing came, of an error of the network. */
export function noAnswer(error: unknown, late: AbortSignal): NoAnswer {
  if (late.aborted) return { kind: 'unreachable', reason: 'it took too long' }
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  return { kind: 'unreachable', reason: systemCode(error) ?? message }
}

const MOST_HOPS = 5

/** Nothing came for so long: the line is dead, milliseconds. */
const STILL_MS = 60_000

function ask(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isPlain = url.protocol === 'http:'
    if (!isPlain && url.protocol !== 'https:') return reject(new Error(`${url.protocol} is not HTTP`))
    const sent = isPlain
      ? requestPlain(url, { ...options, agent: agents().plain })
      : requestTls(url, { ...options, agent: agents().tls })
    sent.setTimeout(STILL_MS, () => sent.destroy(new Error('nothing came for a minute')))
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end()
  })
}

function redirectOf({ statusCode, headers }: IncomingMessage, from: URL): URL | undefined {
  const isRedirect = statusCode !== undefined && [301, 302, 303, 307, 308].includes(statusCode)
  return isRedirect && headers.location !== undefined ? new URL(headers.location, from) : undefined
}

type Agents = { readonly plain: PlainAgent; readonly tls: TlsAgent }
let made: Agents | undefined

function agents(): Agents {
  const options = { keepAlive: true, proxyEnv: process.env }
  made ??= { plain: new PlainAgent(options), tls: new TlsAgent({ ...options, ...certificates() }) }
  return made
}

// Companies name their own authority in this variable for all programs.
function certificates(): { readonly ca?: string[] } {
  const file = process.env.SSL_CERT_FILE
  if (file === undefined || file === '') return {}
  try {
    return { ca: [...getCACertificates('default'), readFileSync(file, 'utf8')] }
  } catch {
    return {}
  }
}
