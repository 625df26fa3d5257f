import { type Layout, TREES, type TreePlaces } from '../../base/layout.ts'
import { errorPath, Problem, systemCode } from '../../base/problem.ts'
import type { Step } from '../../engine/plan.ts'
import type { PythonFacts } from '../../facts/device-facts.ts'
import type { ImageTree } from '../../facts/facts.ts'
import { skippedIn } from '../../facts/look-changes.ts'
import { missingFor, needOf } from '../../facts/room.ts'
import type { Host } from '../../host/host.ts'
import { stageTree } from './stage-tree.ts'
import { firstRecord } from './switch/record.ts'
import { switchTrees } from './switch/switch-trees.ts'

/** What is copied where. */
export type Copying = {
  readonly image: ImageTree
  readonly python: PythonFacts | undefined
  readonly layout: Layout
  readonly trees: TreePlaces
  /** A part of a copy is there; `goesOn` where it is of this image. */
  readonly isStaged: boolean
  readonly goesOn: boolean
  /** Mount points at the tree's place or below it. */
  readonly mounts: readonly string[]
  /** Copies in flight, and why so many. */
  readonly width: { readonly width: number; readonly reason: string }
  readonly nowMs: number
}

/**
 * Copies the image tree into the workspace. It is staged, proven whole and brought to the disk before one rename makes it
 * visible: a crash leaves nothing at <workspace>/ComfyUI or all of it, and a staged part that the next boot goes on with.
 * Around mounts at that place the tree is put entry by entry, under a record that has the next boot finish it.
 */
export function adoptImage(copying: Copying): Step {
  const { image, layout, trees, mounts, nowMs } = copying
  const { home } = layout
  return {
    id: 'workspace/adopt-image',
    title: `${actOf(copying)} ComfyUI ${image.version ?? image.identity} into ${home} (${copying.width.reason})`,
    changes: [home],
    ifFails: 'stop',
    async apply(host, tell, signal) {
      await withWords(host, copying, signal, async () => {
        await clearHome(host, home, mounts)
        await stageTree(host, { ...copying, home, width: copying.width.width, tell, signal })
        const about = { act: 'adopt', from: undefined, to: image.identity, isOlder: false } as const
        const record = firstRecord({ ...about, startedAt: new Date(nowMs).toISOString() })
        await switchTrees({ host, layout, trees, mounts, record, signal })
      })
      return 'done'
    },
  }
}

/** Copies another image's tree beside the one that runs. A crash leaves a staged part that the next boot goes on with. */
export function stageUpgrade(copying: Copying): Step {
  const { image, layout, trees } = copying
  return {
    id: 'workspace/stage-upgrade',
    title: `${actOf(copying)} ComfyUI ${image.version ?? image.identity} beside the one in ${layout.home} (${copying.width.reason})`,
    changes: [trees.next.tree],
    ifFails: 'go-on',
    async apply(host, tell, signal) {
      await refuseWithoutRoom(host, copying)
      const staging = { ...copying, home: layout.home, width: copying.width.width, tell, signal }
      return withWords(host, copying, signal, () => stageTree(host, staging))
    },
  }
}

// Said once more where it counts: the preflight only warns, since the ComfyUI that is there can start.
async function refuseWithoutRoom(host: Host, { image, layout, trees, isStaged }: Copying): Promise<void> {
  const space = await host.fs.space(layout.workspace)
  if (space === undefined || image.size === undefined || isStaged) return
  const missing = missingFor(needOf({ tree: image.size }), space)
  if (missing.bytes === 0 && missing.files === 0) return
  const at = [trees.folder]
  throw new Problem('SWITCH_NOT_BEGUN', { path: layout.home, at, code: 'ENOSPC' })
}

function actOf({ goesOn }: Copying): string {
  return goesOn ? 'Go on copying' : 'Copy'
}

// A full disk is freed again; after any other fault the next start goes on with what is there.
async function withWords<T>(
  host: Host,
  { image, layout, trees }: Copying,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (signal.aborted || error instanceof Problem) throw error
    const code = systemCode(error)
    if (code === undefined) throw error
    if (code === 'ENOSPC' || code === 'EDQUOT') await host.fs.remove(trees.next.folder).catch(() => {})
    const details = { from: image.path, to: layout.home, code, at: errorPath(error) }
    throw new Problem('IMAGE_NOT_COPIED', details, { cause: error })
  }
}

// A folder of empty folders is what a container runtime leaves of mounts that are gone; files are somebody's.
async function clearHome(host: Host, home: string, mounts: readonly string[]): Promise<void> {
  const there = await host.fs.look(home)
  if (there === undefined) return
  const entries = there.kind === 'folder' ? await host.fs.walk(home, { skip: skippedIn(home, mounts) }) : []
  if (there.kind !== 'folder' || entries.some(({ kind }) => kind !== 'folder'))
    throw new Problem('WORKSPACE_FOREIGN', { path: home, found: (await host.fs.list(home)) ?? [home] })
  await removeEmptyFolders(host, home, mounts)
}

// One by one and never with contents: another container may be putting its tree there at this moment.
async function removeEmptyFolders(host: Host, folder: string, mounts: readonly string[]): Promise<void> {
  if (mounts.includes(folder)) return
  for (const name of (await host.fs.list(folder)) ?? [])
    if (name !== TREES) await removeEmptyFolders(host, `${folder}/${name}`, mounts)
  if (!mounts.some((point) => point.startsWith(`${folder}/`))) await host.fs.removeEmpty(folder)
}
