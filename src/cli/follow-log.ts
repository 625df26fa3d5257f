import type { Growth } from '../host/grow.ts'
import type { Host } from '../host/host.ts'
import { untilAsked } from './until-asked.ts'

/** Read at once, bytes; and how often is looked whether there is more, milliseconds. */
const PART_BYTES = 256 * 1024
const LOOK_EVERY_MS = 300

/** More older files than a log has: the search for one that was moved on stops there. */
const MOST_FILES = 10

/**
 * Prints what is added to a log from now on, also when it is moved on to `.1`, emptied, or removed and made again. Ends at
 * Ctrl-C or TERM, with 128+n, and when nobody reads any more. Takes what is open over; undefined where there is no file yet.
 */
export async function followLog(host: Host, path: string, begun: Growth | undefined): Promise<number> {
  const { signal, exitCode } = untilAsked(host)
  let file = begun
  while (!signal.aborted && host.out.isGone?.() !== true) {
    if (file !== undefined && (await printPart(host, file, signal))) continue
    const next = await nextFile(host, path, file)
    if (next === file) await host.clock.sleep(LOOK_EVERY_MS, signal)
    else {
      // Whoever wrote it may have added its last lines between our last look and the move.
      while (file !== undefined && (await printPart(host, file, signal))) {}
      await file?.close()
      file = next
    }
  }
  await file?.close()
  return exitCode()
}

// A reader that is slow is waited for: what it has not read must not pile up here.
async function printPart({ out }: Host, file: Growth, signal: AbortSignal): Promise<boolean> {
  const part = await file.read(PART_BYTES)
  if (part.length === 0 || signal.aborted) return false
  if (!out.stdout(part))
    await new Promise<void>((resolve) => {
      out.onDrain(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  return true
}

// The file that was written after this one; the same while there is none.
async function nextFile({ fs }: Host, path: string, file: Growth | undefined): Promise<Growth | undefined> {
  if (file !== undefined && (await file.isAt(path))) return file
  return (await fs.readGrowth(await laterThan(path, file), 0)) ?? file
}

async function laterThan(path: string, file: Growth | undefined): Promise<string> {
  for (let at = 2; at <= MOST_FILES; at++) if (await file?.isAt(`${path}.${at}`)) return `${path}.${at - 1}`
  return path
}
