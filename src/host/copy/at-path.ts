import type { Calls, Folder, Name, Open } from './calls.ts'
import { nameOf, pieces, splitPath } from './names.ts'

/** Acts on an entry by its path below an open folder; only a path too long for one call costs opening its own folder. */
export function atPath<T>(
  calls: Calls,
  [root, path]: readonly [Folder, string],
  act: (folder: Folder, name: Name) => T,
): T {
  if (pieces(path).length === 1) return act(root, nameOf(path))
  const [parent, name] = splitPath(path)
  return within(calls, calls.openFolder(root, parent), (folder) => act(folder, nameOf(name)))
}

/** Acts in an open folder and closes it. */
export function within<T>(calls: Calls, folder: Folder, act: (folder: Folder) => T): T {
  try {
    return act(folder)
  } finally {
    calls.closeFolder(folder)
  }
}

/** Acts on both of a pair of open files, and closes them: the second first, whose closing may still fail. */
export function withBoth<T>(
  { closeFile }: Calls,
  [openFirst, openSecond]: readonly [() => Open, () => Open],
  act: (first: Open, second: Open) => T,
): T {
  const first = openFirst()
  try {
    const second = openSecond()
    try {
      return act(first, second)
    } finally {
      closeFile(second)
    }
  } finally {
    closeFile(first)
  }
}
