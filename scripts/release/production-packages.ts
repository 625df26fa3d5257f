import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One npm package that the program may be bundled from: `path` from the repository's top, `license` as an SPDX id,
 *  `sha512` in hexadecimal, `dependsOn` as names with versions. */
export type Package = {
  readonly name: string
  readonly version: string
  readonly path: string
  readonly license: string
  readonly sha512: string
  readonly dependsOn: readonly string[]
}

/** Licences that were read and let the program be given away with what archives of a release hold. */
const knownLicenses: readonly string[] = ['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

type Locked = {
  readonly version: string
  readonly license?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
}

type Lock = { readonly packages: Readonly<Record<string, Locked>> }

/** The production dependencies in package-lock.json, each version once, sorted; development and optional ones are left out.
 *  Throws on a licence that nobody has read. */
export async function productionPackages(top: string): Promise<readonly Package[]> {
  const { packages }: Lock = JSON.parse(await readFile(join(top, 'package-lock.json'), 'utf8'))
  const found = Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
    .map(([path, locked]) => packageOf(packages, path, locked))
  const byId = new Map(found.map((each) => [idOf(each), each]))
  return [...byId.values()].toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
}

/** Name and version, as package managers write them. */
export function idOf({ name, version }: Pick<Package, 'name' | 'version'>): string {
  return `${name}@${version}`
}

function packageOf(packages: Lock['packages'], path: string, locked: Locked): Package {
  const { version, license, integrity = '' } = locked
  const name = nameOf(path)
  if (license === undefined || !knownLicenses.includes(license)) {
    throw new Error(`Cannot release with ${name}@${version}. Its licence is ${license ?? 'not named'}.`)
  }
  const sha512 = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')
  const dependsOn = Object.keys(locked.dependencies ?? {}).map((each) => resolved(packages, path, each))
  return { name, version, path, license, sha512, dependsOn: dependsOn.toSorted() }
}

/** Where Node would find it: the nearest node_modules above the package that has it. */
function resolved(packages: Lock['packages'], from: string, name: string): string {
  const above = from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0))
  const found =
    packages[`${from}/node_modules/${name}`] ?? packages[`${above}/node_modules/${name}`.replace(/^\//, '')]
  if (found !== undefined) return idOf({ name, version: found.version })
  if (above === '') throw new Error(`Cannot find ${name} in package-lock.json, which ${from} needs.`)
  return resolved(packages, above, name)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
