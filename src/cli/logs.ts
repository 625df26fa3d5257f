import { layoutOf } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { serviceNotFound } from './control.ts'
import type { Desk, Typed } from './desk.ts'
import { askRunning } from './find-running.ts'
import { followLog } from './follow-log.ts'

/** Lines that are printed when nobody says how many. */
const DEFAULT_LINES = 100

/** The end of the log that is searched for its last lines, bytes. */
const TAIL_BYTES = 4 * 1024 * 1024

/** `comfy-init logs SERVICE [--lines N] [-f]`: a service's log file, also of one that runs no more. Bytes go out as they are. */
export async function logs(desk: Desk, { flags, words, lines, follow }: Typed): Promise<number> {
  const { host, acts } = desk
  const [service = ''] = words
  const count = countOf(lines)
  const { settings } = await acts.ask(host, { flags, comfyArgs: [] })
  const { path, isComing } = await logPath(desk, settings, service)
  const file = await host.fs.readGrowth(path, -TAIL_BYTES).catch(() => undefined)
  if (file === undefined && !(follow && isComing)) throw new Problem('SERVICE_LOG_ABSENT', { service, path })
  const tail = file === undefined ? new Uint8Array() : await file.read(TAIL_BYTES)
  host.out.stdout(lastLines(await withOlder(host, path, { tail, count }), count))
  if (follow) return followLog(host, path, file)
  await file?.close()
  return 0
}

// A log that was just moved on has its last lines in the file before.
async function withOlder(
  host: Host,
  path: string,
  { tail, count }: { readonly tail: Uint8Array; readonly count: number },
): Promise<Uint8Array> {
  const isEnough = count === 0 || lastLines(tail, count).length < tail.length
  if (isEnough || tail.length === TAIL_BYTES) return tail
  const older = await host.fs.readGrowth(`${path}.1`, -TAIL_BYTES).catch(() => undefined)
  const before = await older?.read(TAIL_BYTES)
  await older?.close()
  return before === undefined ? tail : Buffer.concat([before, tail])
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

type LogPlace = {
  readonly path: string
  /** The service is there: if its log is not, it will be. */
  readonly isComing: boolean
}

// The running program knows the path; without one, the file lies where it would be written.
async function logPath(desk: Desk, settings: Settings, service: string): Promise<LogPlace> {
  const path = `/services/${encodeURIComponent(service)}/log`
  try {
    const answer = await askRunning(desk.host, settings, { path })
    if (answer.status === 404) throw await serviceNotFound(desk, settings, service)
    const { path: found }: { readonly path: string } = JSON.parse(answer.body)
    return { path: found, isComing: true }
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'NOT_RUNNING') throw error
    const left = `${layoutOf(settings.workspace).logs}/${service}.log`
    if (service.includes('/') || (await desk.host.fs.follow(left)) === undefined) throw error
    return { path: left, isComing: false }
  }
}
