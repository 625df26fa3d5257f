import { IMAGE_HOMES, LEAVING } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { Facts, ImageTree } from './facts.ts'
import type { FirstLook } from './first-look.ts'
import { mountOf } from './mounts.ts'
import { orAbsent } from './or-absent.ts'
import { may } from './permission.ts'
import { sizeOf } from './tree-size.ts'
import type { Trees } from './trees.ts'

/**
 * Puts together what is known of the image tree; undefined when there is none that can run. Counts it only for a copy, and
 * once: `before` is what an earlier round of this boot found.
 */
export async function lookImage(
  fs: Fs,
  { place, mounts, who }: FirstLook,
  { trees, before }: { readonly trees: Trees; readonly before: ImageTree | undefined },
): Promise<ImageTree | undefined> {
  const { source, mayMove, mayUpgrade } = trees
  if (place === undefined || source === undefined) return undefined
  const isSame = before?.path === place.path && before.identity === source.identity
  const known = isSame ? before.size : undefined
  const [entry, real, size] = await Promise.all([
    orAbsent(fs.follow(place.path)),
    orAbsent(fs.realPath(place.path)),
    (mayMove || mayUpgrade) && place.place === 'folder'
      ? (known ?? orAbsent(sizeOf(fs, place.path)))
      : undefined,
  ])
  const takesFiles = entry !== undefined && may(who.target, 'write', entry)
  const readOnly = mountOf(real ?? place.path, mounts)?.readOnly === true
  return { ...place, ...source, size, writable: takesFiles && !readOnly }
}

/** A link at an image tree's place that leads to nothing; only looked for where there is no image tree. */
export async function lookLostImage(
  fs: Fs,
  home: string | undefined,
  { source }: Trees,
): Promise<Facts['lostImage']> {
  if (source !== undefined) return undefined
  for (const path of home === undefined ? IMAGE_HOMES : [home]) {
    const linkTarget = await orAbsent(fs.readLink(path))
    if (linkTarget !== undefined && (await orAbsent(fs.follow(path))) === undefined)
      return { path, linkTarget }
  }
  return undefined
}

/** The place that an adopted tree was moved from, when nothing, an empty folder or a half-removed tree is there. */
export async function lookVacantHome(
  fs: Fs,
  home: string | undefined,
  { tree }: Trees,
): Promise<string | undefined> {
  if (tree.state !== 'ours') return undefined
  const path = tree.marker.from
  if (path === '' || (home !== undefined && home !== path)) return undefined
  const [entry, names] = await Promise.all([orAbsent(fs.look(path)), orAbsent(fs.list(path))])
  const isLeft = names?.length === 0 || names?.includes(LEAVING) === true
  return entry === undefined || (entry.kind === 'folder' && isLeft) ? path : undefined
}
