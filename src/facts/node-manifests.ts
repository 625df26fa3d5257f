import { posix } from 'node:path'
import { type Fields, fieldsIn } from '../base/json-fields.ts'
import { systemCode } from '../base/problem.ts'
import { sha256 } from '../base/sha256.ts'
import type { Fs } from '../host/fs.ts'
import type { ManifestText } from './node-facts.ts'

/** Larger than any list of nodes; what is larger is no manifest. */
const MOST_BYTES = 1024 * 1024

/** What one text stands for, as it is kept; `fault` is what makes it unusable. */
type Reading = Omit<ManifestText, 'path'>

/**
 * Reads the manifests that are there, in order. What a text stands for is kept in `cacheFile` by the text’s digest, so that a start
 * with unchanged manifests does not load the YAML library. A cache that is lost, damaged or cannot be written costs only that.
 */
export async function lookManifests(
  fs: Fs,
  paths: readonly string[],
  cacheFile: string,
): Promise<readonly ManifestText[]> {
  const found = await Promise.all(paths.map((path) => textAt(fs, path)))
  const there = found.filter((each) => each !== undefined)
  if (there.length === 0) return []
  const kept = keptIn(await quietly(fs.readText(cacheFile)))
  const readings = new Map<string, Reading>()
  const manifests: ManifestText[] = []
  for (const each of there) {
    if ('fault' in each) {
      manifests.push({ path: each.path, value: undefined, fault: each.fault })
      continue
    }
    const key = sha256(each.text)
    const reading = readings.get(key) ?? kept.get(key) ?? (await read(each.text))
    readings.set(key, reading)
    manifests.push({ path: each.path, ...reading })
  }
  if ([...readings.keys()].some((key) => !kept.has(key))) await quietly(keep(fs, cacheFile, readings))
  return manifests
}

type Found = { readonly path: string } & ({ readonly text: string } | { readonly fault: string })

async function textAt(fs: Fs, path: string): Promise<Found | undefined> {
  try {
    const text = await fs.readText(path, MOST_BYTES)
    if (text !== undefined) return { path, text }
    // A pipe or a device cannot be read as one.
    return (await fs.follow(path)) === undefined ? undefined : { path, fault: 'it is no file' }
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return { path, fault: code === 'EFBIG' ? 'it is larger than 1 MiB' : `the system says ${code}` }
  }
}

async function read(text: string): Promise<Reading> {
  const { readYaml } = await import('./yaml-value.ts')
  const reading = readYaml(text)
  if ('fault' in reading) return { value: undefined, fault: reading.fault }
  const { value, lines } = reading
  const isUsable = value === null || (typeof value === 'object' && !Array.isArray(value))
  if (!isUsable) return { value: undefined, fault: 'it is no mapping; write nodes: and a list below it' }
  return { value: value ?? {}, fault: undefined, lines: lines.nodes ?? [] }
}

/** The format of the cache: another one is not read. */
const FORMAT = 1

function keptIn(text: string | undefined): ReadonlyMap<string, Reading> {
  const { format, readings } = fieldsIn(text) ?? {}
  if (format !== FORMAT || !isFields(readings)) return new Map()
  return new Map(
    Object.entries(readings).flatMap(([key, reading]) => (isReading(reading) ? [[key, reading]] : [])),
  )
}

function isReading(value: unknown): value is Reading {
  if (!isFields(value)) return false
  const { fault, lines } = value
  return (fault === undefined && Array.isArray(lines) && isFields(value.value)) || typeof fault === 'string'
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Only in a folder of ours that a boot has made: a look at an empty workspace leaves it empty.
async function keep(fs: Fs, file: string, readings: ReadonlyMap<string, Reading>): Promise<undefined> {
  const folder = posix.dirname(file)
  if ((await fs.follow(posix.dirname(folder)))?.kind !== 'folder') return
  await fs.makeFolder(folder)
  const kept = { format: FORMAT, readings: Object.fromEntries(readings) }
  await fs.write(file, `${JSON.stringify(kept)}\n`)
}

async function quietly<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch {
    return undefined
  }
}
