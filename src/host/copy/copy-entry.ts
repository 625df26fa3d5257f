import type { Folder, Found, Listed, Name, Open } from './calls.ts'
import { count } from './control.ts'
import { copyBytes } from './copy-bytes.ts'
import { LARGE_BYTES } from './copy-large.ts'
import { isThere } from './is-there.ts'
import { below } from './names.ts'
import { removeBelow } from './remove-below.ts'
import { changedFailure, codeOf, MOST_ATTEMPTS } from './system-error.ts'
import { isSame, setModeAsFar, tell } from './thread.ts'
import { getsMode, type Trees } from './trees.ts'
import type { Visit } from './visit.ts'

/** A folder on both sides. */
export type Sides = { readonly path: string; readonly from: Folder; readonly to: Folder }

/** A file whose turn comes; `open` and `seen` are undefined when it has to be opened again. */
export type Taken<S extends Sides = Visit> = {
  readonly visit: S
  readonly name: Name
  open: Open | undefined
  seen: Found | undefined
}

/**
 * Looks at an entry: a file is opened and its reading begun; a link is made; a file that has more names, or is no file at
 * all, is reported; what is there already is left. A folder is the caller's.
 */
export function takeEntry(trees: Trees, visit: Visit, { name, kind }: Listed): Taken | 'done' | 'folder' {
  const { calls } = trees
  const found = kind === undefined || visit.there?.has(name.text) ? calls.look(visit.from, name) : undefined
  switch (found?.kind ?? kind) {
    case undefined:
    case 'other':
      tell(trees, { kind: 'other', path: below(visit.path, name.text) })
      return 'done'
    case 'folder':
      return 'folder'
    case 'link':
      copyLink(trees, visit, name)
      return 'done'
    case 'file':
      if (found !== undefined && found.links === 1 && isThere(trees, visit, { name, found })) return 'done'
      return takeFile(trees, visit, name)
  }
}

/** Copies a file whose turn has come; again when it changed meanwhile, and the fourth time an error with code ECHANGED. */
export function copyEntry(trees: Trees, taken: Taken<Sides>): void {
  for (let attempt = 1; !copyOnce(trees, taken); attempt++)
    if (attempt === MOST_ATTEMPTS) throw changedFailure(`${taken.visit.from.path}/${taken.name.text}`)
}

function takeFile(trees: Trees, visit: Visit, name: Name): Taken | 'done' {
  const { calls } = trees
  const open = calls.openFile(visit.from, name)
  const seen = calls.lookOpen(open)
  if (seen.links === 1 && seen.kind === 'file') {
    if (seen.bytes > 0) calls.expect(open)
    return { visit, name, open, seen }
  }
  calls.closeFile(open)
  const path = below(visit.path, name.text)
  if (visit.closedBy === 'visit') visit.closedBy = 'end'
  tell(
    trees,
    seen.kind === 'file' ? { kind: 'linked', path, identity: seen.identity } : { kind: 'other', path },
  )
  return 'done'
}

function copyOnce(trees: Trees, taken: Taken<Sides>): boolean {
  const { calls } = trees
  const open = taken.open ?? calls.openFile(taken.visit.from, taken.name)
  taken.open = undefined
  try {
    const seen = taken.seen ?? calls.lookOpen(open)
    taken.seen = undefined
    return seen.bytes >= LARGE_BYTES
      ? beginLarge(trees, taken, seen)
      : copySmall(trees, taken, { open, seen })
  } finally {
    calls.closeFile(open)
  }
}

type Source = { readonly open: Open; readonly seen: Found }

function copySmall(trees: Trees, { visit, name }: Taken<Sides>, { open, seen }: Source): boolean {
  const { calls, assignment } = trees
  const target = createFresh(trees, { visit, name, mode: seen.mode })
  try {
    copyBytes(trees, open, { target, seen })
    if (!isSame(seen, calls.lookOpen(open))) return false
    calls.copyAttributes(open, target)
    if (!getsMode(trees, seen.mode)) setModeAsFar(() => calls.setMode(target, seen.mode))
    calls.setTime(target, seen)
  } finally {
    calls.closeFile(target)
  }
  count(assignment.control, assignment.thread, { files: 1, bytes: seen.bytes, kept: 0 })
  return true
}

// Several threads write it, some of them by opening it again: that takes the right to write.
function beginLarge(trees: Trees, { visit, name }: Taken<Sides>, seen: Found): boolean {
  const { calls } = trees
  const target = createFresh(trees, { visit, name, mode: seen.mode | 0o200 })
  try {
    calls.setBytes(target, seen.bytes)
  } finally {
    calls.closeFile(target)
  }
  if ('closedBy' in visit && visit.closedBy === 'visit') visit.closedBy = 'end'
  tell(trees, { kind: 'large', large: { path: below(visit.path, name.text), seen, attempt: 1 } })
  return true
}

type New = { readonly visit: Sides; readonly name: Name; readonly mode: number }

/** Makes a file in place of whatever is there. */
function createFresh(trees: Trees, { visit, name, mode }: New): Open {
  const { calls } = trees
  try {
    return created(trees, calls.createFile(visit.to, name, mode), mode)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    removeBelow(trees, { folder: visit.to, name, path: below(visit.path, name.text) })
    return calls.createFile(visit.to, name, mode)
  }
}

// One look at the first file tells whether this place gives entries other bits than asked for.
function created(trees: Trees, open: Open, mode: number): Open {
  const { calls, learned, umask } = trees
  if (learned.filesSeen) return open
  learned.filesSeen = true
  if (calls.lookOpen(open).mode !== (mode & 0o777 & ~umask)) learned.exactModes = true
  return open
}

function copyLink(trees: Trees, visit: Visit, name: Name): void {
  const { calls, assignment } = trees
  const found = calls.look(visit.from, name)
  if (isThere(trees, visit, { name, found })) return
  const target = calls.readLink(visit.from, name)
  try {
    calls.makeLink(visit.to, name, target)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    removeBelow(trees, { folder: visit.to, name, path: below(visit.path, name.text) })
    calls.makeLink(visit.to, name, target)
  }
  calls.setLinkTime(visit.to, name, found)
  count(assignment.control, assignment.thread, { files: 1, bytes: 0, kept: 0 })
}
