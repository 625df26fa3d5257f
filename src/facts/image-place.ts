import { dirname } from 'node:path'
import type { FileEntry } from '../host/fs.ts'
import type { Host } from '../host/host.ts'
import type { ImageTree, Mount } from './facts.ts'
import { mountsBelow } from './mounts.ts'
import { orAbsent } from './or-absent.ts'
import type { Sought } from './sought.ts'

/** The image tree's place in the image: what is there, and whether a link can take it. */
export type ImagePlace = Pick<
  ImageTree,
  'path' | 'place' | 'linkTarget' | 'replaceable' | 'whyNotReplaceable'
>

/** What the answer depends on besides the place. */
export type PlaceContext = {
  readonly inContainer: boolean
  readonly mounts: readonly Mount[]
  /** Where an adopted tree lies. */
  readonly adoptedHome: string
}

/**
 * Looks at the image's place, as whoever may change it: root where we are root. Replacing is tried for real in the
 * folder above, but only where a move could follow.
 */
export async function lookPlace(
  host: Host,
  sought: Pick<Sought, 'home' | 'adopt'>,
  context: PlaceContext,
): Promise<ImagePlace | undefined> {
  const path = sought.home
  if (path === undefined) return undefined
  const entry = await orAbsent(host.fs.look(path))
  const linkTarget = entry?.kind === 'link' ? await orAbsent(host.fs.readLink(path)) : undefined
  if (entry === undefined || (entry.kind !== 'folder' && linkTarget === undefined)) return undefined
  const whyNot =
    linkTarget === context.adoptedHome
      ? undefined
      : (whyNotTried(sought.adopt, context.inContainer) ??
        whyMounted(path, context.mounts) ??
        (await whyRefused(host, path, entry)))
  return {
    path,
    place: linkTarget === undefined ? 'folder' : 'link',
    linkTarget,
    replaceable: whyNot === undefined,
    whyNotReplaceable: whyNot,
  }
}

function whyNotTried(adopt: Sought['adopt'], inContainer: boolean): string | undefined {
  if (adopt === 'link') return 'nothing is moved with COMFY_ADOPT=link'
  return adopt === 'auto' && !inContainer ? 'nothing is moved outside a container' : undefined
}

function whyMounted(path: string, mounts: readonly Mount[]): string | undefined {
  if (mounts.some((each) => each.point === path)) return `${path} is a mount point`
  const [below] = mountsBelow(path, mounts)
  return below === undefined ? undefined : `${below} is a mount point`
}

const STICKY = 0o1000

async function whyRefused(host: Host, path: string, entry: FileEntry): Promise<string | undefined> {
  const parent = dirname(path)
  const { uid } = host.users.ids()
  const above = await orAbsent(host.fs.follow(parent))
  // In a folder like /tmp an entry can be renamed by its owner alone, which trying with entries of our own would not show.
  if (
    above !== undefined &&
    (above.mode & STICKY) !== 0 &&
    uid !== 0 &&
    uid !== entry.uid &&
    uid !== above.uid
  )
    return `${parent} is sticky and ${path} belongs to ${entry.uid}`
  const { create, rename, link } = await host.fs.tryOut(parent)
  const code = create ?? rename ?? link
  return code === undefined ? undefined : `${parent} takes no new entries (${code})`
}
