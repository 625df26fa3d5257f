import { shortList } from '../../base/text.ts'
import type { PackagesFacts } from '../../facts/node-facts.ts'
import { orAbsent } from '../../facts/or-absent.ts'
import { OVERLAY_PATHS_FILE, overlayPaths } from '../../facts/overlay-paths.ts'
import type { Host } from '../../host/host.ts'

/** An overlay over an image's packages, as far as it takes to compare them. */
export type Overlaid = {
  readonly path: string
  readonly site: string
  /** Names of its packages. */
  readonly packages: readonly string[]
  /** The image's packages by name, and where they lie. */
  readonly versions: ReadonlyMap<string, string>
  readonly sites: readonly string[]
}

/** What a check needs of the overlay in use; undefined where there is none. Pure. */
export function overlaidBy({ current, identity, versions, sites }: PackagesFacts): Overlaid | undefined {
  if (current === undefined) return undefined
  const { site } = overlayPaths(current.path, identity.python)
  const packages = current.record.packages.map(({ name }) => name)
  return { path: current.path, site, packages, versions, sites }
}

/**
 * What an overlay puts before the image's, in words: packages by name, modules by their files, and files that Python runs
 * whenever it starts. Undefined when there is nothing of that.
 */
export async function shadowing(
  { fs }: Pick<Host, 'fs'>,
  { site, packages, versions, sites }: Overlaid,
): Promise<string | undefined> {
  const [ours, ...theirs] = await Promise.all(
    [site, ...sites].map(async (path) => (await orAbsent(fs.list(path))) ?? []),
  )
  const image = new Set(theirs.flat())
  const files = (ours ?? []).filter(
    (name) => RUN_AT_START.test(name) || (image.has(name) && !NO_MODULE.test(name)),
  )
  const all = new Set([...packages.filter((name) => versions.has(name)), ...files])
  all.delete(OVERLAY_PATHS_FILE)
  return all.size === 0 ? undefined : shortList([...all])
}

const RUN_AT_START = /\.pth$|^(site|user)customize\b/
const NO_MODULE = /\.(dist|egg)-info$|^__pycache__$|^bin$/
