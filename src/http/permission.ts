import { createHash, timingSafeEqual } from 'node:crypto'
import type { Behind } from '../app/doors.ts'
import { guesses } from './guesses.ts'
import { sessionsOf } from './sessions.ts'

/** Who asks, as far as it matters here; names of headers are in lower case. */
export type Caller = {
  readonly ip: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Why somebody may not act: the status of the answer, and what to say. */
export type Refused = {
  readonly status: 401 | 403 | 429
  readonly code: string
  readonly message: string
  readonly headers: Readonly<Record<string, string>>
}

/** Decides who may act over the network. */
export type Permission = {
  /** Why the caller may not act now; undefined when it may. */
  readonly refusal: (caller: Caller) => Refused | undefined
  /** Whether the caller has shown that it knows the token. */
  readonly isKnown: (caller: Caller) => boolean
  /** A session for whoever knows the token. */
  readonly open: (caller: Caller, token: string) => Refused | { readonly session: string }
  /** Ends the caller's session. */
  readonly close: (caller: Caller) => void
  /** Name of the cookie that holds a caller's session; other containers on the same host have their own. */
  readonly cookie: (caller: Caller) => string
}

/**
 * Acting needs the token as a bearer, or a session that was opened with it and a page of this very origin. Tokens are
 * compared in constant time; after ten wrong ones in a minute an address is not listened to until the minute is over.
 */
export function permissionOf({ token, elapsedMs, status }: Behind): Permission {
  const sessions = sessionsOf(elapsedMs)
  const wrong = guesses(elapsedMs)
  const cookie = (caller: Caller) => {
    const { instance, addresses } = status()
    return `comfy-init-${instance}-${portOf(textOf(caller.headers.host)) ?? portOf(addresses.status) ?? 0}`
  }
  const judge = ({ ip }: Caller, given: string): Refused | undefined => {
    if (token === undefined) return NO_TOKEN
    const waitS = wrong.waitS(ip)
    if (waitS > 0) return tooMany(waitS)
    if (isSame(given, token.reveal())) return undefined
    wrong.note(ip)
    return WRONG
  }
  const sessionIn = (caller: Caller) => cookieIn(textOf(caller.headers.cookie), cookie(caller))
  return {
    cookie,
    refusal: (caller) => {
      const bearer = bearerOf(caller)
      if (token === undefined || bearer !== undefined) return judge(caller, bearer ?? '')
      if (!sessions.has(sessionIn(caller))) return MISSING
      return isOwnPage(caller) ? undefined : FOREIGN
    },
    isKnown: (caller) => {
      const bearer = bearerOf(caller)
      return bearer === undefined ? sessions.has(sessionIn(caller)) : judge(caller, bearer) === undefined
    },
    open: (caller, given) => judge(caller, given) ?? { session: sessions.open() },
    close: (caller) => sessions.close(sessionIn(caller)),
  }
}

const NO_TOKEN: Refused = {
  status: 403,
  code: 'TOKEN_NOT_SET',
  message:
    'Cannot act over the network: no token is set. Set COMFY_TOKEN, or act inside the container with comfy-init start, stop or restart.',
  headers: {},
}

const MISSING: Refused = {
  status: 401,
  code: 'TOKEN_MISSING',
  message:
    'Cannot act without the token. Send it as Authorization: Bearer TOKEN, or open a session with POST /session.',
  headers: { 'www-authenticate': 'Bearer realm="comfy-init"' },
}

const WRONG: Refused = {
  status: 401,
  code: 'TOKEN_WRONG',
  message: 'Cannot act with this token: it is not the one in COMFY_TOKEN.',
  headers: { 'www-authenticate': 'Bearer realm="comfy-init", error="invalid_token"' },
}

const FOREIGN: Refused = {
  status: 403,
  code: 'ORIGIN_FOREIGN',
  message:
    'Cannot act for a page of another origin. Act from the page of this address, or send the token as a bearer.',
  headers: {},
}

function tooMany(waitS: number): Refused {
  return {
    status: 429,
    code: 'TOKEN_TRIES',
    message: `Cannot take another token from this address for ${waitS} s: there were too many wrong ones.`,
    headers: { 'retry-after': String(waitS) },
  }
}

// Hashes are of one length, whatever was sent.
function isSame(given: string, token: string): boolean {
  const [a, b] = [given, token].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

// Node reads headers as Latin-1, whatever was sent.
function bearerOf({ headers }: Caller): string | undefined {
  const given = /^bearer +(.+?) *$/i.exec(textOf(headers.authorization))?.[1]
  return given === undefined ? undefined : Buffer.from(given, 'latin1').toString()
}

// Browsers keep one set of cookies for all ports of a host. Which port a container was published at only the browser knows;
// where it names none, each container has a name of its own.
function portOf(address = ''): string | undefined {
  return /:(\d{1,5})$/.exec(address)?.[1]
}

function cookieIn(header: string, name: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

// Browsers say themselves where a request comes from, but for addresses that are neither https nor local: there the origin
// must be the very address that was asked. SameSite alone would let other ports of this host act.
function isOwnPage({ headers }: Caller): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const origin = URL.parse(textOf(headers.origin))
  return origin !== null && origin.host === headers.host
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : ''
}
