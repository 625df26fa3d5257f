import type { Event } from '../base/event.ts'
import { decoded, plainText } from '../base/plain-text.ts'
import { redact, type Secret } from '../base/secret.ts'

/** One line of a service as text that steers no terminal. */
export type Line = {
  readonly service: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  /** The next line of this stream is written over it, as progress bars are. */
  readonly isOverwritten?: true
}

/** A line as it was printed, 4 KiB of it at most; `at` counts all lines. */
export type Printed = {
  readonly at: number
  readonly service: string
  readonly stream: 'stdout' | 'stderr'
  readonly raw: string
  readonly isOverwritten: boolean
}

/** The last lines of each service. */
export type LastLines = {
  /** Keeps one more line and gives it back. */
  readonly add: (event: Event & { type: 'service-line' }) => Printed
  /** So many of each service at most, all in the order in which they came. */
  readonly last: (most: number) => readonly Printed[]
}

/** How many lines of each service are kept. */
export const KEPT_LINES = 200

/** How much is kept of a line, bytes. */
const KEPT_BYTES = 4096

/** Keeps the last lines of each service in bounded memory; a progress bar is one line. */
export function lastLines(): LastLines {
  const services = new Map<string, Printed[]>()
  let at = 0
  return {
    add: ({ service, stream, bytes, isOverwritten = false }) => {
      const kept = services.get(service) ?? []
      if (kept.length === 0) services.set(service, kept)
      const line = { at: at++, service, stream, raw: decoded(bytes, KEPT_BYTES), isOverwritten }
      addOver(kept, line)
      // Cut now and then instead of shifted each time.
      if (kept.length >= 2 * KEPT_LINES) kept.splice(0, KEPT_LINES)
      return line
    },
    last: (most) =>
      [...services.values()]
        .flatMap((kept) => kept.slice(Math.max(0, kept.length - most)))
        .toSorted((a, b) => a.at - b.at),
  }
}

/** A printed line as it is told, without these secrets; made so late because most lines never are. */
export function lineOf({ service, stream, raw, isOverwritten }: Printed, secrets: readonly Secret[]): Line {
  const text = redact(plainText(raw), secrets)
  return { service, stream, text, ...(isOverwritten ? { isOverwritten } : {}) }
}

/** Adds a line in the place of the one of its stream that it is written over, if there is one. */
export function addOver(lines: Printed[], line: Printed): void {
  // Another stream may have printed since the last piece of a bar.
  for (let at = lines.length - 1; at >= 0; at--) {
    const before = lines[at]
    if (before === undefined || before.service !== line.service || before.stream !== line.stream) continue
    if (before.isOverwritten) lines.splice(at, 1)
    break
  }
  lines.push(line)
}
