import { posix } from 'node:path'
import { Problem } from '../../../base/problem.ts'
import { nearest } from '../../../base/text.ts'
import type { ManifestText } from '../../../facts/node-facts.ts'
import type { Fault } from './fault.ts'
import { type Entry, readEntry } from './read-entry.ts'
import { shownEntry } from './shown-entry.ts'
import { sourceText } from './source-text.ts'

/** What one file, or COMFY_NODES, asks for; of two entries for one folder the first counts. Every fault is a problem. */
export type Asked = { readonly entries: readonly Entry[]; readonly problems: readonly Problem[] }

/** Reads one manifest. A file that cannot be read asks for nothing, and an entry that cannot be used is left out. Pure. */
export function readManifest({ path, value, fault, lines }: ManifestText): Asked {
  if (fault !== undefined) return broken(path, fault)
  const { nodes, version, ...others } = isMapping(value) ? value : {}
  const top = Object.keys(others).map((key) => unknownKey(path, key))
  // Numbers of a YAML file are texts.
  if (version !== undefined && String(version) !== '1')
    return broken(path, 'it has another version than 1, which is all that this comfy-init knows')
  const list = nodes ?? []
  if (!Array.isArray(list)) return broken(path, '«nodes» is no list; each entry begins with «- »')
  const base = posix.dirname(path)
  const placed = list.map((written: unknown, at): Placed => {
    const line = lines?.[at]
    return { path, line, entry: nameOf(written, at), written, read: readEntry(written, base) }
  })
  const { entries, problems } = withoutTwins(placed)
  return { entries, problems: firstOf(path, [...top, ...problems]) }
}

/** As many as a person reads. */
const MOST_TOLD = 20

// What stops a start stops it also where it stands far below.
function firstOf(path: string, problems: readonly Problem[]): readonly Problem[] {
  const more = problems.length - MOST_TOLD - 1
  const next = problems[MOST_TOLD]?.details ?? {}
  if (more <= 0) return problems
  const level = problems.some((each) => each.level === 'blocking') ? 'blocking' : 'warning'
  const details = {
    path,
    entry: `${'entry' in next ? next.entry : ''} and ${more} more`,
    fault: 'The first ones that are wrong are told above.',
  }
  return [...problems.slice(0, MOST_TOLD), new Problem('NODES_ENTRY_INVALID', details, { level })]
}

type Placed = {
  readonly path: string
  readonly line: number | undefined
  readonly entry: string
  readonly written: unknown
  readonly read: Entry | Fault
}

function broken(path: string, fault: string): Asked {
  return { entries: [], problems: [new Problem('NODES_FILE_INVALID', { path, fault })] }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unknownKey(path: string, key: string): Problem {
  const near = nearest(key, ['nodes', 'version'])
  const fault = `It is no key of a manifest${near === undefined ? '.' : `; did you mean «${near}»?`}`
  return new Problem('NODES_ENTRY_INVALID', { path, entry: `«${key}»`, fault })
}

const NAMING = ['folder', 'registry', 'git', 'zip', 'path'] as const

// Its number alone would have to be counted in the file.
function nameOf(written: unknown, at: number): string {
  const found = isMapping(written)
    ? NAMING.map((key) => written[key]).find((each) => each !== undefined)
    : written
  return typeof found === 'string' ? `${at + 1} (${shownEntry(found)})` : String(at + 1)
}

function withoutTwins(placed: readonly Placed[]): Asked {
  const taken = new Map<string, Entry>()
  const problems: Problem[] = []
  for (const each of placed) {
    if ('fault' in each.read) {
      problems.push(entryProblem(each, each.read))
      continue
    }
    const key = each.read.folder.toLowerCase()
    const twin = taken.get(key)
    if (twin === undefined) taken.set(key, each.read)
    else if (JSON.stringify(twin) !== JSON.stringify(each.read)) problems.push(twinProblem(each, twin))
  }
  return { entries: [...taken.values()], problems }
}

// One that ComfyUI must not start without stops the start: nobody can tell what it was to be.
function entryProblem({ path, line, entry, written }: Placed, { fault, secret }: Fault): Problem {
  const level = isMapping(written) && written.required === true ? 'blocking' : 'warning'
  if (secret) return new Problem('NODE_CREDENTIALS_WRITTEN', { place: path, entry }, { level })
  return new Problem('NODES_ENTRY_INVALID', { path, line, entry, fault }, { level })
}

function twinProblem({ path, line, entry }: Placed, twin: Entry): Problem {
  const source = twin.source === undefined ? 'nowhere: it is switched off' : sourceText(twin.source)
  return new Problem('NODES_ENTRY_TWICE', { path, line, entry, folder: twin.folder, source })
}
