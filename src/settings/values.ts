import { posix } from 'node:path'
import * as z from 'zod/mini'
import { secret } from '../base/secret.ts'
import { list } from './list.ts'

/** Largest id of Linux: 2^32-2 (2^32-1 means «unchanged» to setuid). */
const MAX_ID = 4294967294

/** Longest wait that is still meant: a day, in milliseconds. */
const DAY_MS = 86_400_000

/** An absolute path; `.`, `..`, double and trailing slashes are taken out without looking at links. */
export const path = z.pipe(
  z.string().check(
    z.regex(/^\//, 'must be an absolute path'),
    z.refine((text) => !hasControls(text), 'must not contain control characters'),
  ),
  z.transform((text: string) => posix.normalize(text).replace(/(?<=.)\/$/, '')),
)

/** Absolute paths with `:` between, or a JSON array; each once, empty for none. */
export const paths = listOf(':', path)

/** A numeric user or group id. */
export const id = wholeNumber(0, MAX_ID, `must be a number from 0 to ${MAX_ID}`)

/** A TCP port. */
export const port = wholeNumber(1, 65535, 'must be a number from 1 to 65535')

/** A count from 1. */
export const count = wholeNumber(1, 1_000_000, 'must be a number from 1 to 1000000')

/** Seconds (or `8s`, `500ms`, `2m`) as milliseconds, up to a day. */
export const duration = z.pipe(
  z.pipe(
    z.string().check(z.regex(/^\d+(\.\d+)?(ms|s|m)?$/, 'must be a number of seconds, like 8, 8s or 500ms')),
    z.transform((text: string) => {
      const unit = text.replace(/^[\d.]+/, '')
      return Math.round(Number.parseFloat(text) * (unit === 'ms' ? 1 : unit === 'm' ? 60_000 : 1000))
    }),
  ),
  z.number().check(z.maximum(DAY_MS, 'must be at most a day')),
)

/** Milliseconds as a person writes a duration. */
export function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}

/** Days, from 1, as milliseconds. */
export const days = z.pipe(
  wholeNumber(1, 3650, 'must be a number of days from 1 to 3650'),
  z.transform((count: number) => count * DAY_MS),
)

/** Milliseconds as days. */
export function daysText(ms: number): string {
  return String(ms / DAY_MS)
}

/** One of several words, in any case. */
export function word<const W extends readonly [string, ...string[]]>(...words: W) {
  return z.pipe(
    z.pipe(z.string(), z.transform(lowered)),
    z.enum(words, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`),
  )
}

const TRUE_WORDS = ['on', 'true', 'yes', '1']
const FALSE_WORDS = ['off', 'false', 'no', '0']

/** on or off, in the spellings people use. */
export const onOff = z.pipe(
  z
    .string()
    .check(z.refine((text) => [...TRUE_WORDS, ...FALSE_WORDS].includes(lowered(text)), 'must be on or off')),
  z.transform((text: string) => TRUE_WORDS.includes(lowered(text))),
)

/** A name that is safe as a file name. */
export const name = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
      'must be 1 to 63 letters, digits, dots, dashes or underscores',
    ),
  )

/** Words with blanks or commas between, or a JSON array; each once, empty for none. */
export const words = listOf(/[\s,]+/, z.string())

/** A file mode mask in octal, like 022; one that shuts out the owner would shut out ComfyUI itself. */
export const mask = z.pipe(
  z.string().check(
    z.regex(/^0?[0-7]{1,3}$/, 'must be an octal mask, like 022'),
    z.refine((text) => (Number.parseInt(text, 8) & 0o700) === 0, 'must leave all rights to the owner'),
  ),
  z.transform((text: string) => Number.parseInt(text, 8)),
)

/** A mask as a person writes it. */
export function maskText(value: number | undefined): string {
  return value === undefined ? '' : value.toString(8).padStart(3, '0')
}

/** One host name or address to listen on. */
export const address = z
  .string()
  .check(z.regex(/^[0-9A-Za-z.:_-]+$/, 'must be one address, like 0.0.0.0, 127.0.0.1 or ::'))

/** An http or https address; a trailing slash is taken off. */
export const url = z.pipe(
  z
    .string()
    .check(
      z.refine(
        (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? '') && !hasControls(text),
        'must be an address, like https://host',
      ),
    ),
  z.transform((text: string) => text.replace(/\/+$/, '')),
)

/** A text that is never shown. */
export const hidden = z.pipe(
  z.string().check(
    z.minLength(1, 'must not be empty'),
    z.refine((text) => !hasControls(text), 'must be one line without control characters'),
  ),
  z.transform(secret),
)

function wholeNumber(least: number, most: number, message: string) {
  return z.pipe(
    z.pipe(z.string().check(z.regex(/^\d+$/, message)), z.transform(Number)),
    z.number().check(z.minimum(least, message), z.maximum(most, message)),
  )
}

function listOf(between: string | RegExp, each: z.ZodMiniType<string, string>) {
  return z.pipe(
    list((text) =>
      text
        .split(between)
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
    z.pipe(
      z.array(each),
      z.transform((all: string[]): readonly string[] => [...new Set(all)]),
    ),
  )
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function lowered(text: string): string {
  return text.trim().toLowerCase()
}
