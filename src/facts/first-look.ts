import { type Layout, layoutOf } from '../base/layout.ts'
import type { FileEntry, Fs } from '../host/fs.ts'
import type { Host } from '../host/host.ts'
import type { Facts, Who } from './facts.ts'
import { type GpuDevices, lookGpuDevices } from './gpu-devices.ts'
import { type ImagePlace, lookPlace } from './image-place.ts'
import { orAbsent } from './or-absent.ts'
import { lookSurroundings, type Surroundings } from './runtime.ts'
import type { Sought } from './sought.ts'
import { decideWho, readIdFiles } from './who.ts'
import { withoutLinks } from './without-links.ts'

/** What must be known before anything can be looked at as the target identity. */
export type FirstLook = Surroundings & {
  /** Paths of the workspace with its links resolved. */
  readonly layout: Layout
  readonly workspaceEntry: FileEntry | undefined
  readonly workspaceIsLinked: boolean
  /** What lies in a workspace of root's but for empty folders, which runtimes leave where they mounted something. */
  readonly workspaceNames: readonly string[]
  readonly place: ImagePlace | undefined
  readonly devices: GpuDevices
  readonly who: Omit<Who, 'homeIsUsable'>
}

/** Looks at what only the identity we started with sees or may try; to be called while it is acted as. */
export async function lookFirst(host: Host, sought: Sought, before: Facts | undefined): Promise<FirstLook> {
  const [surroundings, idFiles, workspace] = await Promise.all([
    lookSurroundings(host),
    readIdFiles(host),
    withoutLinks(host.fs, sought.workspace),
  ])
  const layout = layoutOf(workspace)
  const [workspaceEntry, devices, place] = await Promise.all([
    orAbsent(host.fs.follow(workspace)),
    sought.gpu === 'off' ? { devices: [], groups: [] } : lookGpuDevices(host.fs),
    lookPlace(host, sought, { ...surroundings, adoptedHome: layout.home }),
  ])
  const who = decideWho(host.users.ids(), sought, {
    ...idFiles,
    workspace: workspaceEntry,
    gpuGroups: devices.groups,
    before,
  })
  return {
    ...surroundings,
    layout,
    workspaceEntry,
    workspaceIsLinked: workspace !== sought.workspace,
    workspaceNames: workspaceEntry?.uid === 0 ? await filledNames(host.fs, workspace) : [],
    place,
    devices,
    who,
  }
}

/** More names than these are somebody's, whatever they are. */
const MOST_NAMES = 16

async function filledNames(fs: Fs, folder: string): Promise<readonly string[]> {
  const names = (await orAbsent(fs.list(folder))) ?? []
  if (names.length > MOST_NAMES) return names
  const inside = await Promise.all(names.map((name) => orAbsent(fs.list(`${folder}/${name}`))))
  return names.filter((_, at) => inside[at]?.length !== 0)
}
