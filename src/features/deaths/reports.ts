import type { Death } from '../../base/death.ts'
import type { Fs } from '../../host/fs.ts'

/** Reports kept in a workspace; the oldest go. */
export const MOST_REPORTS = 50

/** Largest report, bytes; of a larger one the oldest lines are left out. */
export const MOST_REPORT_BYTES = 1024 * 1024

const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[\w.-]+\.json$/

/**
 * Writes a report into the folder, which is made where it is absent, and removes the oldest beyond 50. A crash leaves
 * `<name>.partial` at most, which the next report removes. Throws the system's error.
 */
export async function keepReport(fs: Fs, folder: string, death: Death): Promise<void> {
  await fs.makeFolder(folder)
  const names = (await fs.list(folder)) ?? []
  // First the removals: where the disk is full they make room.
  const old = names.filter((name) => NAME.test(name)).slice(0, -(MOST_REPORTS - 1))
  const cut = names.filter(
    (name) => name.endsWith('.partial') && NAME.test(name.slice(0, -'.partial'.length)),
  )
  for (const name of [...old, ...cut]) await fs.remove(`${folder}/${name}`)
  await fs.write(`${folder}/${nameOf(death)}`, reportText(death))
}

// Colons are refused by filesystems that came from Windows. Sorted by name is sorted by time.
function nameOf({ at, service }: Death): string {
  return `${at.replaceAll(':', '-')}-${service.replace(/[^\w.-]/g, '_')}.json`
}

/** A report as its file has it, with as many of the last lines as there is room for. */
export function reportText(death: Death): string {
  const text = `${JSON.stringify(death, undefined, 2)}\n`
  const isSmall = Buffer.byteLength(text) <= MOST_REPORT_BYTES
  if (isSmall || death.lines.length === 0) return text
  return reportText({ ...death, lines: death.lines.slice(Math.ceil(death.lines.length / 4)) })
}

/** What lies in the folder, the newest first, and the names of files that are no reports. */
export type Reports = { readonly deaths: readonly Death[]; readonly unreadable: readonly string[] }

/** Reads all reports; none where there is no folder. Throws the system's error where the folder cannot be read. */
export async function readReports(fs: Pick<Fs, 'list' | 'readText'>, folder: string): Promise<Reports> {
  const names = ((await fs.list(folder)) ?? []).filter((name) => name.endsWith('.json')).toReversed()
  const deaths: Death[] = []
  const unreadable: string[] = []
  for (const name of names) {
    const death = await readReport(fs, `${folder}/${name}`)
    if (death === undefined) unreadable.push(name)
    else deaths.push(death)
  }
  return { deaths, unreadable }
}

async function readReport(fs: Pick<Fs, 'readText'>, path: string): Promise<Death | undefined> {
  try {
    const found: unknown = JSON.parse((await fs.readText(path, MOST_REPORT_BYTES)) ?? '')
    return isDeath(found) ? found : undefined
  } catch {
    return undefined
  }
}

// Whatever is shown of a report is looked at here: the workspace is written by others too.
function isDeath(found: unknown): found is Death {
  if (typeof found !== 'object' || found === null) return false
  const { service, at, cause, summary, remedy, uptimeMs, lines, ending } = found as Record<string, unknown>
  const texts = [service, at, cause, summary, remedy ?? '']
  return (
    texts.every((each) => typeof each === 'string') &&
    typeof uptimeMs === 'number' &&
    isEnding(ending) &&
    Array.isArray(lines) &&
    lines.every((each) => typeof each === 'string')
  )
}

function isEnding(found: unknown): boolean {
  if (typeof found !== 'object' || found === null || !('code' in found && 'signal' in found)) return false
  const { code, signal } = found
  return (code === null || typeof code === 'number') && (signal === null || typeof signal === 'string')
}
