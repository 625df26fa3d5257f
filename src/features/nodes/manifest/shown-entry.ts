import { redact } from '../../../base/secret.ts'

/**
 * An entry as it was typed, for a log. What stands before its last `@` may be a password or a token, also where the entry is no
 * address yet; it is only shown where it can be none.
 */
export function shownEntry(text: string): string {
  const [start = ''] = /^\w+:\/+/.exec(text) ?? []
  const end = text.lastIndexOf('@')
  if (end >= 0 && !isOpen(text.slice(0, end), text.slice(end + 1)))
    return redact(`${start}${MASK}@${text.slice(end + 1)}`)
  return redact(text.replace(CUT_OFF, `$1${MASK}`))
}

const MASK = '***'

/** A user and the beginning of a password, which a blank has cut off from the rest. */
const CUT_OFF = /^(\w+:\/+)[^\s/@:]*:(?!\d+(?:\/|$))[^@]*$/

function isOpen(before: string, after: string): boolean {
  if (/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(before)) return true
  if (/^[A-Za-z0-9][\w.-]*$/.test(before)) return before === 'git' || /^(v?\d[\w.+-]*|[A-Za-z]+)$/.test(after)
  return /^(\/[^:]*|\w+:\/\/[\w.-]*(:\d+)?\/[^\s:]*|git@[\w.-]+:[^:]*)$/.test(before)
}
