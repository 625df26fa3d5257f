import type { Fs } from '../host/fs.ts'

/** An installed Python package: its name as indexes compare names, its version, and the folder or file that says so. */
export type Distribution = { readonly name: string; readonly version: string; readonly entry: string }

/** The packages in a folder of packages, by the names of its entries; nothing is opened. Undefined where there is no folder; throws the system's error for one that cannot be read. */
export async function distributionsIn(fs: Fs, site: string): Promise<readonly Distribution[] | undefined> {
  const names = await fs.list(site)
  return names?.flatMap((name) => parseDistribution(name) ?? [])
}

/** `pillow` and `10.2.0` of `Pillow-10.2.0.dist-info`; undefined for any other name. */
export function parseDistribution(entry: string): Distribution | undefined {
  if (!entry.endsWith('-info')) return undefined
  const found = /^(.+?)-(\d[^-]*?|[^-]+?)(?:-py[\d.]+)?\.(?:dist|egg)-info$/.exec(entry)
  const [, name, version] = found ?? []
  return name === undefined || version === undefined ? undefined : { name: packageName(name), version, entry }
}

/** A package's name as indexes compare them: lower case, one hyphen for each run of hyphens, dots and underscores. */
export function packageName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-')
}
