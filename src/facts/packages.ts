import type { Layout } from '../base/layout.ts'
import type { Identity, OverlayRecord } from '../base/node.ts'
import { OVERLAY_RECORD, type OverlayPlaces, overlaysIn } from '../base/node-places.ts'
import { textDigest } from '../base/text-digest.ts'
import type { Fs } from '../host/fs.ts'
import type { PythonFacts } from './device-facts.ts'
import { distributionsIn } from './distributions.ts'
import type { Overlay, PackagesFacts } from './node-facts.ts'
import { orAbsent } from './or-absent.ts'
import { OVERLAY_PATHS_FILE, overlayPaths } from './overlay-paths.ts'
import { parseFailedPackages, parseOverlayRecord, sameIdentity } from './overlay-record.ts'
import { locatePython } from './python-packages.ts'
import type { Sought } from './sought.ts'

/** Where to look. */
type Where = { readonly layout: Layout; readonly python: PythonFacts | undefined; readonly arch: string }

/**
 * Looks at the Python's packages by the names of their folders, and at the overlay for them; nothing is run. Undefined where
 * packages are left alone, it cannot be told what the Python has, or it is the one of an overlay.
 */
export async function lookPackages(
  fs: Fs,
  { packages, constraintsFile }: Pick<Sought, 'packages' | 'constraintsFile'>,
  { layout, python, arch }: Where,
): Promise<PackagesFacts | undefined> {
  if (packages === 'off' || python?.version === undefined) return undefined
  if (python.path.startsWith(`${layout.packages}/`)) return undefined
  const [place, constraints, program] = await Promise.all([
    locatePython(fs, python.path),
    orAbsent(fs.readText(constraintsFile)),
    orAbsent(fs.realPath(python.path)),
  ])
  const inSites = await orAbsent(Promise.all(place.sites.map((site) => distributionsIn(fs, site))))
  // Half of what the image has would be another identity, and another overlay.
  if (inSites === undefined) return undefined
  const there = inSites.flatMap((found) => found ?? [])
  const sites = place.sites.filter((_, at) => inSites[at] !== undefined)
  const identity = identityOf({ python, arch, entries: there.map(({ entry }) => entry), constraints })
  // An overlay leads to the image's program and folders by their paths: the same packages elsewhere need another.
  const lie = textDigest([identity.image, program, place.home, ...place.sites].join('\n'))
  const key = identityKey({ ...identity, image: lie })
  const places = overlaysIn(layout.packages, key)
  const [current, failed] = await Promise.all([
    lookOverlay(fs, places, identity),
    orAbsent(fs.readText(places.failed)),
  ])
  const hasLate = current !== undefined && (await findLate(fs, places, current))
  // The first site that has a package is the one that Python takes it from.
  const versions = new Map(there.toReversed().map(({ name, version }) => [name, version]))
  return {
    ...{ identity, key, sites, versions, constraints, places, current, hasLate },
    failed: parseFailedPackages(failed),
  }
}

/** Short name of an identity, fit for a folder: `py312-x64-torch2.8.0-cu128-0123456789abcdef`. */
export function identityKey({ python, arch, torch, cuda, image }: Identity): string {
  const build = cuda === undefined ? '' : `cu${cuda.replaceAll('.', '')}`
  const torchName = torch === undefined ? [] : [`torch${torch.replace('+', '-')}`]
  const cudaName = build === '' || torch?.includes(build) === true ? [] : [build]
  const parts = [`py${python.replaceAll('.', '')}`, arch, ...torchName, ...cudaName, image]
  return parts.join('-').replaceAll(/[^\w.-]/g, '_')
}

type Found = {
  readonly python: PythonFacts
  readonly arch: string
  readonly entries: readonly string[]
  readonly constraints: string | undefined
}

function identityOf({ python, arch, entries, constraints }: Found): Identity {
  const all = [...new Set(entries)].sort().join('\n')
  return {
    python: python.version ?? '',
    arch,
    torch: python.torch?.version,
    cuda: python.torch?.cuda,
    image: textDigest(`${all}\n\n${constraints ?? ''}`),
  }
}

// One without its program, the file that leads to the image's packages or a node's package is damaged: none.
async function lookOverlay(fs: Fs, places: OverlayPlaces, identity: Identity): Promise<Overlay | undefined> {
  const name = await orAbsent(fs.readLink(places.current))
  if (name === undefined || name.includes('/')) return undefined
  return readOverlay(fs, `${places.folder}/${name}`, identity)
}

/** The overlay in a folder, where it is complete, whole as far as that can be told from three files and the names of its packages, and for this identity. */
export async function readOverlay(fs: Fs, path: string, identity: Identity): Promise<Overlay | undefined> {
  const { python, site } = overlayPaths(path, identity.python)
  const [text, program, paths, there] = await Promise.all([
    orAbsent(fs.readText(`${path}/${OVERLAY_RECORD}`)),
    orAbsent(fs.follow(python)),
    orAbsent(fs.look(`${site}/${OVERLAY_PATHS_FILE}`)),
    orAbsent(distributionsIn(fs, site)),
  ])
  const record = parseOverlayRecord(text)
  if (record === undefined || program?.kind !== 'file' || paths?.kind !== 'file') return undefined
  if (record.damaged || !sameIdentity(record.identity, identity)) return undefined
  const versions = new Map((there ?? []).map(({ name, version }) => [name, version]))
  // A person may take out what a person had put in.
  const isWhole = record.packages.every((each) => each.for.length === 0 || versions.has(each.name))
  return isWhole ? { path, python, record: withoutFound(record, versions) } : undefined
}

// What was left behind and is there by now is not missing any more.
function withoutFound(record: OverlayRecord, versions: ReadonlyMap<string, string>): OverlayRecord {
  if (record.leftBehind === undefined) return record
  const leftBehind = record.leftBehind.filter(({ name, version, isReplaced }) =>
    isReplaced ? versions.get(name) !== version : !versions.has(name),
  )
  return { ...record, leftBehind }
}

// Whoever worked on in the overlay before, until the next start, may have added packages to it that did not come along.
async function findLate(fs: Fs, { folder }: OverlayPlaces, { path, record }: Overlay): Promise<boolean> {
  const own = new Set([...record.packages, ...(record.leftBehind ?? [])].map(({ name }) => name))
  const names = ((await orAbsent(fs.entries(folder))) ?? []).filter(({ kind }) => kind === 'folder')
  const others = names.map(({ name }) => `${folder}/${name}`).filter((each) => each !== path)
  const found = await Promise.all(others.map((each) => addedTo(fs, each, record.identity.python)))
  return found.flat().some((name) => !own.has(name))
}

async function addedTo(fs: Fs, path: string, version: string): Promise<readonly string[]> {
  const [text, there] = await Promise.all([
    orAbsent(fs.readText(`${path}/${OVERLAY_RECORD}`)),
    orAbsent(distributionsIn(fs, overlayPaths(path, version).site)),
  ])
  const record = parseOverlayRecord(text)
  if (record === undefined) return []
  const known = new Set(record.packages.map(({ name }) => name))
  return (there ?? []).map(({ name }) => name).filter((name) => !known.has(name))
}
