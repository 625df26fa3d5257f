import type { Facts } from '../../facts/facts.ts'
import { type Filesystem, type FilesystemKind, filesystemAt } from '../../facts/filesystem.ts'
import { mountOf } from '../../facts/mounts.ts'

/** How many operations a copy has in flight, and why, in words for the plan. */
export type CopyWidth = { readonly width: number; readonly reason: string }

/** The two ends of a copy. */
export type Ends = { readonly from: Filesystem; readonly to: Filesystem }

/** Where each answer has to be waited for there are many questions at once; where none has, a few keep the cores busy. */
const WIDTHS: Readonly<Record<FilesystemKind, number>> = {
  memory: 8,
  local: 8,
  overlay: 16,
  fuse: 64,
  network: 64,
}

/**
 * What takes this long for one change is waited for, whatever it is called, milliseconds. A local disk was seen to take up
 * to 1 ms while all the rest of the machine was looked at beside it.
 */
const SLOW_MS = 3

/** As many at a time as the slower end of a copy wants. Pure. */
export function chooseWidth({ from, to }: Ends): CopyWidth {
  const [source, target] = [widthOf(from), widthOf(to)]
  const width = Math.max(source, target)
  return { width, reason: `${width} at a time: ${inWords(source > target ? from : to)}` }
}

/** The ends of a copy of the image's tree to where trees are staged; only where the workspace was tried is its speed known. Pure. */
export function endsOf({ image, workspace, mounts }: Facts): Ends {
  const { abilities, triedIn, trees } = workspace
  const to = trees.places.folder
  const isTried = triedIn !== undefined && mountOf(triedIn, mounts) === mountOf(to, mounts)
  const operationMs = isTried ? abilities?.operationMs : undefined
  return {
    from: filesystemAt(image?.path ?? '/', mounts),
    to: { ...filesystemAt(to, mounts), ...(operationMs === undefined ? {} : { operationMs }) },
  }
}

function widthOf(filesystem: Filesystem): number {
  return isSlow(filesystem) ? WIDTHS.network : WIDTHS[filesystem.kind]
}

function isSlow({ operationMs = 0 }: Filesystem): boolean {
  return operationMs >= SLOW_MS
}

const ABOUT: Readonly<Record<FilesystemKind, string>> = {
  memory: 'is memory',
  local: 'is a local disk',
  overlay: 'is made of layers',
  fuse: 'goes through another program',
  network: 'goes over a network',
}

// The time is said where it is the reason: of a local disk it says more about what else was going on.
function inWords(filesystem: Filesystem): string {
  const { type, kind, operationMs } = filesystem
  const counts = kind === 'fuse' || kind === 'network' || isSlow(filesystem)
  if (!counts || operationMs === undefined) return `${type} ${ABOUT[kind]}`
  return `${type} answers in ${operationMs.toFixed(operationMs < 10 ? 1 : 0)} ms`
}
