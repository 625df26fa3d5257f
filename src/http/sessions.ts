import { createHash, randomBytes } from 'node:crypto'

/** Sessions of browsers; they end with the program. */
export type Sessions = {
  /** A new one; its value is known to its browser alone. */
  readonly open: () => string
  readonly has: (value: string | undefined) => boolean
  readonly close: (value: string | undefined) => void
}

/** How long a session lasts, seconds. */
export const SESSION_S = 12 * 3600

/** Open at once; of more, the oldest is closed. */
const MOST_SESSIONS = 64

/** Keeps sessions by the hash of their value, so that looking one up tells nothing of the others. */
export function sessionsOf(elapsedMs: () => number): Sessions {
  const endsMs = new Map<string, number>()
  return {
    open: () => {
      const value = randomBytes(32).toString('base64url')
      endsMs.set(hashOf(value), elapsedMs() + SESSION_S * 1000)
      const [oldest] = endsMs.keys()
      if (endsMs.size > MOST_SESSIONS && oldest !== undefined) endsMs.delete(oldest)
      return value
    },
    has: (value) => value !== undefined && (endsMs.get(hashOf(value)) ?? 0) > elapsedMs(),
    close: (value) => {
      if (value !== undefined) endsMs.delete(hashOf(value))
    },
  }
}

function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('base64')
}
