import { type Layout, MARKER } from '../../base/layout.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { Progress, Step } from '../../engine/plan.ts'
import type { ImageTree, Marker } from '../../facts/facts.ts'
import type { Host } from '../../host/host.ts'
import { removeStaged, stagingPlaces } from './clear-staging.ts'
import { type Amount, measureTree } from './measure-tree.ts'

/**
 * Copies the image tree into the workspace. It is staged, counted and brought to the disk before one rename makes it
 * visible: a crash leaves nothing at <workspace>/ComfyUI or all of it, and at most a staged copy that the next boot removes.
 */
export function adoptImage(image: ImageTree, layout: Layout, nowMs: number): Step {
  const { home } = layout
  return {
    id: 'workspace/adopt-image',
    title: `Copy ComfyUI ${image.version ?? image.identity} into ${home}`,
    changes: [home],
    ifFails: 'stop',
    async apply(host, progress, signal) {
      if ((await host.fs.look(`${home}/${MARKER}`)) !== undefined) return 'not-needed'
      try {
        await clearHome(host, home)
        await adopt({ host, image, layout, marker: markerOf(image, nowMs), progress, signal })
        return 'done'
      } catch (error) {
        if (signal.aborted) throw error
        await removeStaged(host, layout).catch(() => {})
        if (error instanceof Problem) throw error
        const details = { from: image.path, to: home, code: systemCode(error) ?? 'EIO', at: placeOf(error) }
        throw new Problem('IMAGE_NOT_COPIED', details, { cause: error })
      }
    },
  }
}

// The path that a system error is about.
function placeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('path' in error)) return undefined
  return typeof error.path === 'string' ? error.path : undefined
}

type Adoption = {
  readonly host: Host
  readonly image: ImageTree
  readonly layout: Layout
  readonly marker: Marker
  readonly progress: Progress
  readonly signal: AbortSignal
}

// Our own folder may be a mount or a link to another filesystem, from where no rename leads to the workspace's tree.
async function adopt(adoption: Adoption): Promise<void> {
  const { host, layout } = adoption
  const [staged, beside] = stagingPlaces(layout)
  await removeStaged(host, layout)
  await host.fs.makeFolder(layout.staging)
  try {
    await stage(adoption, staged)
    await host.fs.rename(staged, layout.home)
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error
    await host.fs.remove(staged)
    await stage(adoption, beside)
    await host.fs.rename(beside, layout.home)
  }
}

async function stage({ host, image, layout, ...adoption }: Adoption, staged: string): Promise<void> {
  const wanted = await measureTree(host, image.path)
  await host.fs.copyTree(image.path, staged, {
    onBytes: tellBytes(adoption.progress, wanted.bytes),
    signal: adoption.signal,
  })
  const copied = await measureTree(host, staged)
  if (differ(wanted, copied))
    throw new Problem('IMAGE_COPY_DIFFERS', { from: image.path, to: layout.home, wanted, copied })
  await host.fs.write(`${staged}/${MARKER}`, `${JSON.stringify(adoption.marker, undefined, 2)}\n`)
  await host.fs.sync(staged)
}

// A folder of empty folders is what a container runtime leaves of mounts that are gone; files are somebody's.
async function clearHome(host: Host, home: string): Promise<void> {
  const there = await host.fs.look(home)
  if (there === undefined) return
  const files = there.kind === 'folder' ? (await measureTree(host, home)).files : 1
  if (files > 0) {
    const found = (await host.fs.list(home)) ?? [home]
    throw new Problem('WORKSPACE_FOREIGN', { path: home, found })
  }
  await removeEmptyFolders(host, home)
}

// One by one and never with contents: another container may be putting its tree there at this moment.
async function removeEmptyFolders(host: Host, folder: string): Promise<void> {
  for (const name of (await host.fs.list(folder)) ?? []) await removeEmptyFolders(host, `${folder}/${name}`)
  await host.fs.removeEmpty(folder)
}

function tellBytes(progress: Progress, total: number): (bytes: number) => void {
  let done = 0
  return (bytes) => {
    done += bytes
    progress(done, total, 'bytes')
  }
}

function differ(a: Amount, b: Amount): boolean {
  return a.files !== b.files || a.bytes !== b.bytes
}

function markerOf(image: ImageTree, nowMs: number): Marker {
  const { identity, version, commit, path } = image
  return { layout: 1, image: identity, version, commit, from: path, adoptedAt: new Date(nowMs).toISOString() }
}
