import { layoutOf } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { serviceNotFound } from './control.ts'
import type { Desk, Typed } from './desk.ts'
import { askRunning } from './find-running.ts'

/** Lines that are printed when nobody says how many. */
const DEFAULT_LINES = 100

/** The end of a file that is searched for its last lines, bytes. */
const TAIL_BYTES = 4 * 1024 * 1024

/** Read at once while following, bytes; and how often is looked, milliseconds. */
const PART_BYTES = 256 * 1024
const LOOK_EVERY_MS = 300

/** `comfy-init logs SERVICE [--lines N] [-f]`: a service's log file, also of one that runs no more. Bytes go out as they are. */
export async function logs(desk: Desk, { flags, words, lines, follow }: Typed): Promise<number> {
  const { host, acts } = desk
  const [service = ''] = words
  const count = countOf(lines)
  const { settings } = await acts.ask(host, { flags, comfyArgs: [] })
  const path = await logPath(desk, settings, service)
  const bytes = (await host.fs.follow(path))?.bytes
  if (bytes === undefined) throw new Problem('SERVICE_LOG_ABSENT', { service, path })
  const from = Math.max(0, bytes - TAIL_BYTES)
  const tail = (await host.fs.readPart(path, from, bytes - from)) ?? new Uint8Array()
  host.out.stdout(lastLines(tail, count))
  return follow ? followFrom(host, path, from + tail.length) : 0
}

/** The last lines of a text, a line without an end counting as one. */
export function lastLines(bytes: Uint8Array, count: number): Uint8Array {
  if (count === 0) return bytes.subarray(bytes.length)
  let found = 0
  for (let at = bytes.length - 2; at >= 0; at--) {
    if (bytes[at] === NEWLINE) found++
    if (found === count) return bytes.subarray(at + 1)
  }
  return bytes
}

const NEWLINE = 10

function countOf(lines: string | undefined): number {
  if (lines === undefined) return DEFAULT_LINES
  if (/^\d{1,9}$/.test(lines)) return Number(lines)
  throw new Problem('ARGUMENTS_INVALID', {
    command: 'logs',
    message: '--lines must be a number.',
  })
}

// The running program knows the path; without one, the file lies where it would be written.
async function logPath(desk: Desk, settings: Settings, service: string): Promise<string> {
  const path = `/services/${encodeURIComponent(service)}/log`
  try {
    const answer = await askRunning(desk.host, settings, { path })
    if (answer.status === 404) throw await serviceNotFound(desk, settings, service)
    const { path: found }: { readonly path: string } = JSON.parse(answer.body)
    return found
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'NOT_RUNNING') throw error
    const left = `${layoutOf(settings.workspace).logs}/${service}.log`
    if (service.includes('/') || (await desk.host.fs.follow(left)) === undefined) throw error
    return left
  }
}

// Ends at Ctrl-C, TERM, or when nobody reads any more. A file that became shorter was rotated: it is read from its start.
async function followFrom(host: Host, path: string, from: number): Promise<number> {
  const ended = new AbortController()
  let exitCode = 0
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    host.signals.on(name, () => {
      exitCode = 128 + host.signals.number(name)
      ended.abort()
    })
  for (let at = from; !ended.signal.aborted && host.out.isGone?.() !== true; ) {
    const bytes = (await host.fs.follow(path))?.bytes ?? 0
    if (bytes < at) at = 0
    const part = (await host.fs.readPart(path, at, PART_BYTES)) ?? new Uint8Array()
    at += part.length
    if (part.length > 0) host.out.stdout(part)
    else await host.clock.sleep(LOOK_EVERY_MS, ended.signal)
  }
  return exitCode
}
