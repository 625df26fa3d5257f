import { type Layout, MARKER, TREES, type TreePlaces, treesIn } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { Mount } from './facts.ts'
import { mountOf } from './mounts.ts'
import { orAbsent } from './or-absent.ts'
import { parseDeclined, parseMarker, parseRecord, parseStaging, parseWish } from './parse-marker.ts'
import type { Marker, SwitchRecord, TreesFacts } from './tree-facts.ts'
import { withoutLinks } from './without-links.ts'

/** What lies beside the tree: others, and a switch under way. */
export type TreesBeside = TreesFacts & {
  /** `unclear`: there is one that cannot be read, or a tree that left its place without one. */
  readonly record: SwitchRecord | 'unclear' | undefined
}

/** Looks at trees that are not in their place. Where there never was one it costs one look. */
export async function lookTreesBeside(
  fs: Fs,
  layout: Layout,
  mounts: readonly Mount[],
): Promise<TreesBeside> {
  const places = await treePlaces(fs, layout, mounts)
  const names = new Set((await orAbsent(fs.list(places.folder))) ?? [])
  const has = (path: string) => names.has(path.slice(places.folder.length + 1))
  const read = (path: string) => (has(path) ? orAbsent(fs.readText(path)) : undefined)
  const [record, wish, declined, staging, previous, beside] = await Promise.all([
    read(places.record),
    read(places.wish),
    read(places.declined),
    has(places.next.folder) ? orAbsent(fs.readText(places.note)) : undefined,
    has(places.previous.folder) ? lookPrevious(fs, places) : undefined,
    has(places.previous.folder) ? orAbsent(fs.list(places.previous.folder)) : undefined,
  ])
  return {
    places,
    isStaged: has(places.next.folder),
    stagedImage: parseStaging(staging)?.image,
    previous,
    wish: parseWish(wish),
    declined: parseDeclined(declined),
    pendingPatch: beside?.includes(PENDING) ?? false,
    record: parseRecord(record) ?? (has(places.record) || has(places.retired.folder) ? 'unclear' : undefined),
  }
}

// One that cannot start is nothing to go back to.
async function lookPrevious(fs: Fs, { previous: { tree } }: TreePlaces): Promise<Marker | undefined> {
  const main = await orAbsent(fs.follow(`${tree}/main.py`))
  return main?.kind === 'file' ? parseMarker(await orAbsent(fs.readText(`${tree}/${MARKER}`))) : undefined
}

/** Name of the note beside the previous tree that git has still to describe what was changed in it. */
export const PENDING = 'pending-patch.json'

/** Where trees can be renamed to and from the tree's place: on its own mount, in our own folder when that lies there. */
export async function treePlaces(fs: Fs, layout: Layout, mounts: readonly Mount[]): Promise<TreePlaces> {
  const { home, own, trees, workspace } = layout
  const point = mountOf(home, mounts)?.point
  if (point === home) return treesIn(`${home}/${TREES}`)
  const isHere = mountOf(await withoutLinks(fs, own), mounts)?.point === point
  return treesIn(isHere ? trees : `${workspace}/${TREES}`)
}
