import type { Folder, Kind, Listed } from './calls.ts'
import type { Closing, FilesJob } from './jobs.ts'
import { makeTarget } from './make-target.ts'
import { below } from './names.ts'
import { removeBelow } from './remove-below.ts'
import { setModeAsFar } from './thread.ts'
import { getsMode, type Trees } from './trees.ts'

/** A folder whose files are being copied: open on both sides until the last of them is done. */
export type Visit = {
  readonly path: string
  from: Folder
  to: Folder
  /** Closed while descriptors are wanted elsewhere. */
  state: 'open' | 'closed'
  /** What lay at the target before; undefined when the folder is new. */
  readonly there: ReadonlyMap<string, Kind | undefined> | undefined
  readonly closing: Closing
  /** Its files that are not done. */
  open: number
  /** Who finishes it: this visit, or the end of the whole copy, since more comes into it by other ways. */
  closedBy: 'visit' | 'end' | 'another'
}

/** Opens a folder, makes its copy where there is none, and removes from that what the source lacks. */
export function visitFolder(trees: Trees, path: string): { visit: Visit; entries: readonly Listed[] } {
  const { calls, skip } = trees
  const from = calls.openFolder(trees.from, path)
  let to: Folder | undefined
  try {
    const { mode, seconds, nanoseconds } = calls.lookOpen(from)
    const listed = calls.list(from)
    const target = makeTarget(trees, path, mode | 0o700)
    to = target.folder
    const there = target.isNew ? undefined : clearOf(trees, { path, to, wanted: listed })
    const closing = { path, mode: mode | 0o700, exact: !target.isNew, seconds, nanoseconds }
    const entries = skip.size === 0 ? listed : listed.filter(({ name }) => !skip.has(below(path, name.text)))
    return { visit: { path, from, to, there, closing, state: 'open', open: 0, closedBy: 'visit' }, entries }
  } catch (error) {
    calls.closeFolder(from)
    if (to !== undefined) calls.closeFolder(to)
    throw error
  }
}

/** Opens a folder that another visit has made the copy of, for some of its files; the end of the copy finishes it. */
export function visitAgain({ calls, ...trees }: Trees, { path, fresh }: FilesJob): Visit {
  const from = calls.openFolder(trees.from, path)
  try {
    const to = calls.openFolder(trees.to, path)
    const there = fresh ? undefined : namesIn(calls.list(to))
    const closing = { path, mode: 0, exact: false, seconds: 0, nanoseconds: 0 }
    return { path, from, to, there, closing, state: 'open', open: 0, closedBy: 'another' }
  } catch (error) {
    calls.closeFolder(from)
    throw error
  }
}

/** Closes both sides of a folder, if they are open. */
export function shut({ calls }: Trees, visit: Visit): void {
  if (visit.state === 'closed') return
  visit.state = 'closed'
  calls.closeFolder(visit.from)
  calls.closeFolder(visit.to)
}

/** Opens both sides of a folder again, or neither. */
export function reopen(trees: Trees, visit: Visit): void {
  if (visit.state === 'open') return
  const { calls } = trees
  const from = calls.openFolder(trees.from, visit.path)
  try {
    visit.to = calls.openFolder(trees.to, visit.path)
  } catch (error) {
    calls.closeFolder(from)
    throw error
  }
  visit.from = from
  visit.state = 'open'
}

/** Gives a finished folder its mode and time. */
export function closeFolder(trees: Trees, { from, to }: Pick<Visit, 'from' | 'to'>, closing: Closing): void {
  const { calls } = trees
  calls.copyAttributes(from, to)
  if (closing.exact || !getsMode(trees, closing.mode)) setModeAsFar(() => calls.setMode(to, closing.mode))
  calls.setTime(to, closing)
}

type Clearing = { readonly path: string; readonly to: Folder; readonly wanted: readonly Listed[] }

function clearOf(trees: Trees, { path, to, wanted }: Clearing): ReadonlyMap<string, Kind | undefined> {
  const there = trees.calls.list(to)
  if (there.length === 0) return new Map()
  const names = new Set(wanted.map(({ name }) => name.text))
  for (const { name } of there)
    if (!names.has(name.text)) removeBelow(trees, { folder: to, name, path: below(path, name.text) })
  return namesIn(there)
}

function namesIn(listed: readonly Listed[]): ReadonlyMap<string, Kind | undefined> {
  return new Map(listed.map(({ name, kind }) => [name.text, kind]))
}
