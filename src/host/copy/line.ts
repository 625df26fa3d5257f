import type { Listed } from './calls.ts'
import { checkpoint, mayShare } from './control.ts'
import { copyEntry, type Taken, takeEntry } from './copy-entry.ts'
import type { FilesJob, Job } from './jobs.ts'
import { below, nameOf } from './names.ts'
import { isExhausted, retried, tell } from './thread.ts'
import type { Trees } from './trees.ts'
import { closeFolder, reopen, shut, type Visit, visitAgain, visitFolder } from './visit.ts'

/** The work of one thread: folders to visit, the entries of the one that is visited, and files opened before their turn. */
export type Line = {
  readonly folders: string[]
  visit: Visit | undefined
  readonly entries: Listed[]
  readonly ahead: Taken[]
  /** All that are open. */
  readonly visits: Set<Visit>
}

/** Folders and all that is in them. */
export function lineOfFolders(paths: readonly string[]): Line {
  return { folders: [...paths], visit: undefined, entries: [], ahead: [], visits: new Set() }
}

/** A part of a folder that another thread has begun. */
export function lineOfFiles(trees: Trees, job: FilesJob): Line {
  const visit = retried(trees, () => visitAgain(trees, job))
  const entries = job.files.map(({ name, kind }) => ({ name: nameOf(name), inode: 0, kind }))
  visit.open = entries.length
  return { folders: [], visit, entries: entries.reverse(), ahead: [], visits: new Set([visit]) }
}

/**
 * Works a line off. Files are opened some places before their turn and the system told to read them, so that a disk has many
 * requests at once without many threads; in the order of their inodes, which on most disks is the order of their bytes.
 * Work is given away when another thread has none.
 */
export function runLine(trees: Trees, line: Line): void {
  try {
    for (;;) {
      while (line.ahead.length < trees.learned.ahead && takeNext(trees, line)) shareSome(trees, line)
      const taken = line.ahead.shift()
      if (taken === undefined) return
      copyTaken(trees, line, taken)
      finishOne(trees, line, taken.visit)
    }
  } finally {
    closeAhead(trees, line)
    for (const visit of line.visits) leave(trees, line, visit)
  }
}

/** Takes the next entry or opens the next folder; false when there is neither, or no more may be open now. */
function takeNext(trees: Trees, line: Line): boolean {
  const { learned, assignment } = trees
  checkpoint(assignment.control)
  return retried(trees, () => {
    try {
      return takeOne(trees, line)
    } catch (error) {
      if (!isExhausted(error)) throw error
      learned.ahead = Math.max(1, line.ahead.length >> 1)
      if (line.ahead.length > 0) return false
      holdNothing(trees, line)
      throw error
    }
  })
}

// What cannot be taken stays first in its list, and the order among the rest as it is.
function takeOne(trees: Trees, line: Line): boolean {
  const { visit } = line
  const entry = line.entries.at(-1)
  if (visit !== undefined && entry !== undefined) {
    reopen(trees, visit)
    const taken = takeEntry(trees, visit, entry)
    line.entries.pop()
    if (taken === 'folder') line.folders.push(below(visit.path, entry.name.text))
    if (taken === 'folder') visit.closedBy = 'end'
    if (typeof taken === 'string') finishOne(trees, line, visit)
    else line.ahead.push(taken)
    return true
  }
  const path = line.folders.at(-1)
  if (path === undefined) return false
  const opened = visitFolder(trees, path)
  line.folders.pop()
  begin(trees, line, opened)
  return true
}

function begin(
  trees: Trees,
  line: Line,
  { visit, entries }: { readonly visit: Visit; readonly entries: readonly Listed[] },
): void {
  const folders = entries.filter(({ kind }) => kind === 'folder')
  const others = entries.filter(({ kind }) => kind !== 'folder')
  line.visit = visit
  line.visits.add(visit)
  line.entries.push(...others.sort((a, b) => b.inode - a.inode))
  line.folders.push(
    ...folders.sort((a, b) => b.inode - a.inode).map(({ name }) => below(visit.path, name.text)),
  )
  if (folders.length > 0) visit.closedBy = 'end'
  visit.open = others.length + 1
  finishOne(trees, line, visit)
}

/** Gives half of what is left to a thread that has nothing: folders if there are some, else entries of this one. */
function shareSome(trees: Trees, { folders, entries, visit }: Line): void {
  if (folders.length < 2 && entries.length < MANY_ENTRIES) return
  if (!mayShare(trees.assignment.control)) return
  const share = (job: Job) => trees.say({ kind: 'share', jobs: [job] })
  if (folders.length >= 2) {
    share({ kind: 'folders', paths: folders.splice(0, folders.length >> 1) })
  } else if (visit !== undefined) {
    const given = entries.splice(0, entries.length >> 1)
    if (visit.closedBy === 'visit') visit.closedBy = 'end'
    visit.open -= given.length
    const files = given.map(({ name, kind }) => ({ name: name.text, kind })).reverse()
    share({ kind: 'files', path: visit.path, fresh: visit.there === undefined, files })
  }
}

// Whoever waits for descriptors holds none: else all threads could wait for one another.
function copyTaken(trees: Trees, line: Line, taken: Taken): void {
  retried(trees, () => {
    try {
      reopen(trees, taken.visit)
      copyEntry(trees, taken)
    } catch (error) {
      if (isExhausted(error)) holdNothing(trees, line)
      throw error
    }
  })
}

function holdNothing(trees: Trees, line: Line): void {
  closeAhead(trees, line)
  for (const visit of line.visits) shut(trees, visit)
  trees.learned.ahead = 1
}

function closeAhead({ calls }: Trees, { ahead }: Line): void {
  for (const taken of ahead) {
    if (taken.open !== undefined) calls.closeFile(taken.open)
    taken.open = undefined
  }
}

/** One entry less to do in a folder; the last one ends the visit. */
function finishOne(trees: Trees, line: Line, visit: Visit): void {
  visit.open -= 1
  if (visit.open > 0) return
  if (visit.closedBy === 'visit') closeFolder(trees, visit, visit.closing)
  if (visit.closedBy === 'end') tell(trees, { kind: 'closing', folder: visit.closing })
  leave(trees, line, visit)
}

function leave(trees: Trees, { visits }: Line, visit: Visit): void {
  visits.delete(visit)
  shut(trees, visit)
}

/** So many entries are worth another thread's time. */
const MANY_ENTRIES = 8
