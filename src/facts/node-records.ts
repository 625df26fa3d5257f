import { IMAGE_LOCK, IMAGE_MANIFEST, type Layout } from '../base/layout.ts'
import { vendorIn } from '../base/node-places.ts'
import type { Fs } from '../host/fs.ts'
import type { NodeRecords } from './node-facts.ts'
import { lookManifests } from './node-manifests.ts'
import { orAbsent } from './or-absent.ts'
import { parseCheckouts, parseImports } from './parse-node-records.ts'
import type { Sought } from './sought.ts'

/** Reads manifests, locks and the records of earlier starts; what cannot be understood counts as absent, but for manifests. */
export async function lookNodeRecords(
  fs: Fs,
  { vendorFolder }: Pick<Sought, 'vendorFolder'>,
  layout: Layout,
): Promise<NodeRecords> {
  const locks = [layout.nodesLock, IMAGE_LOCK, vendorIn(vendorFolder).lockFile]
  const [manifests, texts, checkouts, imports, note] = await Promise.all([
    lookManifests(fs, [IMAGE_MANIFEST, layout.nodesManifest], layout.manifestsFile),
    Promise.all(locks.map((path) => orAbsent(fs.readText(path)))),
    orAbsent(fs.readText(layout.checkoutsFile)),
    orAbsent(fs.readText(layout.importsFile)),
    orAbsent(fs.follow(layout.managerNote)),
  ])
  return {
    manifests,
    locks: locks.flatMap((path, at) => {
      const text = texts[at]
      return text === undefined ? [] : [{ path, text }]
    }),
    checkouts: parseCheckouts(checkouts),
    imports: parseImports(imports),
    managerHasDefaults: note !== undefined,
  }
}
