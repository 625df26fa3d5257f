import { type Distribution, distributionsIn, packageName } from '../../facts/distributions.ts'
import type { PackagesFacts } from '../../facts/node-facts.ts'
import { orAbsent } from '../../facts/or-absent.ts'
import type { Fs } from '../../host/fs.ts'
import { type Requirement, requirementLines } from './requirement-lines.ts'
import { isBroken } from './satisfied.ts'

/** What a package of the image asks of another one there. */
export type ImageLine = {
  /** Who asks: `transformers`, `4.57.1`. */
  readonly by: { readonly name: string; readonly version: string }
  /** Of whom, by normalised name. */
  readonly name: string
  /** `>=0.34,<1.0` */
  readonly versions: string
  /** Name, versions and marker, as a line of constraints. */
  readonly text: string
}

/**
 * What the image's packages ask of one another, from `roots` (names) on, by their metadata. Lines of extras are left out, and
 * those that the image does not meet itself: they would refuse everything.
 */
export async function imageRequirements(
  fs: Fs,
  packages: Pick<PackagesFacts, 'sites' | 'versions'>,
  roots: readonly string[],
): Promise<readonly ImageLine[]> {
  const there = await placesOf(fs, packages.sites)
  const seen = new Set<string>()
  const found: ImageLine[] = []
  for (let next = roots.map(packageName); next.length > 0; ) {
    const asking = [...new Set(next)]
      .filter((name) => !seen.has(name))
      .flatMap((name) => there.get(name) ?? [])
    for (const { name } of asking) seen.add(name)
    const lists = await Promise.all(asking.map((who) => requiredBy(fs, who)))
    const known = lists
      .flat()
      .filter(({ requirement }) => packages.versions.has(packageName(requirement.name)))
    found.push(...known.flatMap((each) => lineOf(each, packages.versions) ?? []))
    next = known.map(({ requirement }) => packageName(requirement.name))
  }
  return found
}

type Placed = Distribution & { readonly path: string }
type Asking = { readonly by: Placed; readonly requirement: Requirement }

// The first site that has a package is the one that Python takes it from.
async function placesOf(fs: Fs, sites: readonly string[]): Promise<ReadonlyMap<string, Placed>> {
  const lists = await Promise.all(
    sites.map(async (site) => [site, await orAbsent(distributionsIn(fs, site))] as const),
  )
  const all = lists.flatMap(([site, found]) =>
    (found ?? []).map((each) => ({ ...each, path: `${site}/${each.entry}` })),
  )
  return new Map(all.toReversed().map((each) => [each.name, each]))
}

async function requiredBy(fs: Fs, by: Placed): Promise<readonly Asking[]> {
  const text =
    (await orAbsent(fs.readText(`${by.path}/METADATA`))) ??
    (await orAbsent(fs.readText(`${by.path}/PKG-INFO`)))
  const [head = ''] = (text ?? '').split(/\r?\n\r?\n/, 1)
  const lines = [...head.matchAll(/^Requires-Dist:[ \t]*(.+)$/gim)].map(([, line = '']) => line)
  return lines
    .filter((line) => !/;.*\bextra\b/.test(line))
    .flatMap((line) => requirementLines(line, ''))
    .flatMap((each) => ('name' in each ? [{ by, requirement: each }] : []))
}

// A clause that names a pre-release would let an installer take any, where the image has none.
function lineOf({ by, requirement }: Asking, there: ReadonlyMap<string, string>): ImageLine | undefined {
  const name = packageName(requirement.name)
  const clauses = requirement.versions.split(',')
  const versions = clauses
    .filter((clause) => PRE_RELEASE.test(there.get(name) ?? '') || !PRE_RELEASE.test(clause))
    .join(',')
  if (versions === '' || isBroken({ ...requirement, versions }, there)) return undefined
  const marker = requirement.text.replace(/^[^;]*/, '')
  return { by: { name: by.name, version: by.version }, name, versions, text: `${name}${versions}${marker}` }
}

const PRE_RELEASE = /\d[._-]?(a|b|c|rc|alpha|beta|pre|dev)\.?\d*/i
