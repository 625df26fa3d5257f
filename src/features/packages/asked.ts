import type { PackageSource } from '../../base/node.ts'
import { textDigest } from '../../base/text-digest.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

/** Digest of all that packages are resolved from: while it is the same, there is nothing to be done. 16 digits. Pure. */
export function packagesAsked(
  { offline, vendorFolder }: Pick<Settings, 'offline' | 'vendorFolder'>,
  { adopted, image, packages }: Pick<Facts, 'adopted' | 'image' | 'packages'>,
  sources: readonly PackageSource[],
): string {
  const nodes = sources.map(({ folder, path, stamp, required }) => [folder, path, stamp, required])
  const comfyui = (adopted ?? image)?.requirements
  const parts = [packages?.key, offline, vendorFolder, comfyui, nodes.sort()]
  return textDigest(JSON.stringify(parts))
}
