import { posix } from 'node:path'
import type { NodeCondition, NodeSource } from '../../../base/node.ts'
import { hasSecret, splitRef } from './addresses.ts'
import type { Fault } from './fault.ts'
import { folderFault, lastPart } from './folder-name.ts'
import { faultsOf } from './issues.ts'
import { type EntryKey, mappingSchema, type WrittenMapping } from './keys.ts'
import { gitSource, readShort, registrySource, zipAt } from './short-form.ts'

/** One entry of a manifest. Without a source it switches off what an earlier file asks for. */
export type Entry = {
  readonly folder: string
  readonly source: NodeSource | undefined
  readonly enabled: boolean
  readonly required: boolean
  readonly onlyIf: readonly NodeCondition[]
  readonly env: Readonly<Record<string, string>>
  readonly requirements: readonly string[] | undefined
}

/** Reads one entry, in its short form or as a mapping; relative paths start at `base`. */
export function readEntry(value: unknown, base: string): Entry | Fault {
  if (typeof value === 'string') return named(readShort(value), {})
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fault: 'It is neither a text nor a mapping.' }
  const read = mappingSchema.safeParse(value)
  if (!read.success) return { fault: faultsOf(read.error.issues, Object.keys(mappingSchema.shape)) }
  const written = read.data
  const misplaced = misplacedFault(written)
  if (misplaced !== undefined) return { fault: misplaced }
  const source = sourceOf(written, base)
  return source === undefined ? switchOff(written) : named(source, written)
}

const SOURCES = ['registry', 'git', 'zip', 'path'] as const

/** Keys that say more about one source. */
const BELONGS: Readonly<Partial<Record<EntryKey, (typeof SOURCES)[number]>>> = {
  version: 'registry',
  ref: 'git',
  sha256: 'zip',
}

function misplacedFault(written: WrittenMapping): string | undefined {
  const sources = SOURCES.filter((key) => written[key] !== undefined)
  if (sources.length > 1) return `It has ${sources.join(' and ')}; a node comes from one place.`
  const strays = Object.entries(BELONGS).filter(
    ([key, source]) => written[key as EntryKey] !== undefined && written[source] === undefined,
  )
  return strays.length === 0 ? undefined : strays.map(([key, of]) => `«${key}» belongs to «${of}».`).join(' ')
}

function sourceOf(written: WrittenMapping, base: string): NodeSource | Fault | undefined {
  const { registry, version, git, ref, zip, sha256, path } = written
  if (hasSecret(registry ?? git ?? zip ?? ''))
    return { fault: 'It holds a password or a token.', secret: true }
  if (registry !== undefined) {
    const { address, ref: own } = splitRef(registry)
    return registrySource(address, version === undefined ? own : String(version))
  }
  if (git !== undefined) {
    if (ref !== undefined) return gitSource(git, String(ref))
    const { address, ref: own } = splitRef(git)
    return gitSource(address, own)
  }
  if (zip !== undefined) return zipAt(zip, sha256 === undefined ? undefined : String(sha256))
  return path === undefined ? undefined : readShort(posix.resolve(base, path))
}

function switchOff(written: WrittenMapping): Entry | Fault {
  const { folder, enabled, ...others } = written
  if (folder === undefined || enabled === undefined || isOn(enabled, true))
    return { fault: 'It does not say where the node comes from: registry, git, zip or path does.' }
  const more = Object.keys(others)
  if (more.length > 0)
    return { fault: `Where only a folder is switched off, «${more.join('» and «')}» has no meaning.` }
  const fault = folderFault(String(folder))
  if (fault !== undefined) return { fault }
  return { ...optionsOf(written), folder: String(folder), source: undefined }
}

function named(source: NodeSource | Fault, written: WrittenMapping): Entry | Fault {
  if ('fault' in source) return source
  const folder = written.folder === undefined ? defaultFolder(source) : String(written.folder)
  const reason = folderFault(folder)
  if (reason !== undefined)
    return { fault: written.folder === undefined ? `${reason} «folder» gives it another one.` : reason }
  const options = optionsOf(written)
  for (const [one, other] of [
    ['gpu', 'cpu'],
    ['amd64', 'arm64'],
  ] as const)
    if (options.onlyIf.includes(one) && options.onlyIf.includes(other))
      return { fault: `«only-if» never holds: no machine is ${one} and ${other}.` }
  return { ...options, folder, source }
}

/** Name of the folder of a node that was given none. */
export function defaultFolder(source: NodeSource): string {
  switch (source.kind) {
    case 'git':
    case 'zip':
      return lastPart(source.url)
    case 'registry':
      return source.id
    case 'path':
      return posix.basename(source.path)
  }
}

function optionsOf(written: WrittenMapping): Omit<Entry, 'folder' | 'source'> {
  const conditions = written['only-if'] ?? []
  return {
    enabled: isOn(written.enabled, true),
    required: isOn(written.required, false),
    onlyIf: typeof conditions === 'string' ? [conditions] : conditions,
    env: Object.fromEntries(Object.entries(written.env ?? {}).map(([name, value]) => [name, String(value)])),
    requirements: written.requirements,
  }
}

function isOn(value: WrittenMapping['enabled'], fallback: boolean): boolean {
  if (value === undefined) return fallback
  return value === true || value === 'on' || value === 'yes'
}
