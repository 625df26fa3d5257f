import { within } from './at-path.ts'
import type { Found, Name } from './calls.ts'
import { checkpoint, count } from './control.ts'
import { copyEntry, type Sides } from './copy-entry.ts'
import { isThere } from './is-there.ts'
import type { SameFile } from './jobs.ts'
import { below, nameOf, splitPath } from './names.ts'
import { removeBelow } from './remove-below.ts'
import { codeOf } from './system-error.ts'
import { retried } from './thread.ts'
import type { Trees } from './trees.ts'

/** Copies a file that has several names: its bytes once, then the other names; copies of their own where links are refused. */
export function copySameFile(trees: Trees, names: SameFile): void {
  const [first = ''] = names
  for (const path of names) {
    checkpoint(trees.assignment.control)
    const [folder, name] = splitPath(path)
    retried(trees, () =>
      inBoth(trees, folder, (sides) => {
        const entry = { sides, name: nameOf(name), names }
        if (path === first) copyFirst(trees, entry)
        else addName(trees, entry)
      }),
    )
  }
}

type Entry = { readonly sides: Sides; readonly name: Name; readonly names: SameFile }

function copyFirst(trees: Trees, { sides, name, names }: Entry): void {
  const there = lookAt(trees, sides, name)
  const found = trees.calls.look(sides.from, name)
  const listed = { ...sides, there: new Map(there === undefined ? [] : [[name.text, there.kind]]) }
  if (isThere(trees, listed, { name, found, links: names.length })) return
  copyEntry(trees, { visit: sides, name, open: undefined, seen: undefined })
}

function addName(trees: Trees, { sides, name, names }: Entry): void {
  const { calls, assignment } = trees
  const there = lookAt(trees, sides, name)
  const [folder, text] = splitPath(names[0] ?? '')
  const added = within(calls, calls.openFolder(trees.to, folder), (opened) => {
    const first = calls.look(opened, nameOf(text))
    if (there !== undefined && there.identity !== '' && there.identity === first.identity)
      return { bytes: first.bytes, kept: 1 }
    if (there !== undefined)
      removeBelow(trees, { folder: sides.to, name, path: below(sides.path, name.text) })
    try {
      calls.addName(opened, nameOf(text), { folder: sides.to, name })
      return { bytes: first.bytes, kept: 0 }
    } catch (error) {
      if (!NO_LINKS.has(codeOf(error) ?? '')) throw error
      return undefined
    }
  })
  if (added === undefined) copyEntry(trees, { visit: sides, name, open: undefined, seen: undefined })
  else count(assignment.control, assignment.thread, { files: 1, ...added })
}

function lookAt({ calls }: Trees, { to }: Sides, name: Name): Found | undefined {
  try {
    return calls.look(to, name)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return undefined
  }
}

function inBoth({ calls, ...trees }: Trees, path: string, act: (sides: Sides) => void): void {
  within(calls, calls.openFolder(trees.from, path), (from) =>
    within(calls, calls.openFolder(trees.to, path), (to) => act({ path, from, to })),
  )
}

/** What filesystems say that know no second names, or no more of them. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EACCES'])
