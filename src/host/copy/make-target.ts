import { atPath } from './at-path.ts'
import type { Folder } from './calls.ts'
import { removeBelow } from './remove-below.ts'
import { codeOf } from './system-error.ts'
import type { Trees } from './trees.ts'

/** Opens the copy of a folder. It is made where there is none; anything else that lies there goes. */
export function makeTarget(
  trees: Trees,
  path: string,
  mode: number,
): { readonly folder: Folder; readonly isNew: boolean } {
  const { calls } = trees
  if (path === '') return { folder: calls.openFolder(trees.to, ''), isNew: false }
  const isNew = made(trees, path, mode)
  const folder = isNew ? calls.openFolder(trees.to, path) : openThere(trees, path, mode)
  if (isNew && calls.lookOpen(folder).mode !== (mode & 0o777 & ~trees.umask)) trees.learned.exactModes = true
  return { folder, isNew }
}

function made({ calls, ...trees }: Trees, path: string, mode: number): boolean {
  try {
    atPath(calls, [trees.to, path], (parent, name) => calls.makeFolder(parent, name, mode))
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  }
}

function openThere(trees: Trees, path: string, mode: number): Folder {
  const { calls } = trees
  try {
    return calls.openFolder(trees.to, path)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOTDIR' && code !== 'ELOOP' && code !== 'EACCES') throw error
    atPath(calls, [trees.to, path], (folder, name) => {
      if (code === 'EACCES') return calls.setModeOf(folder, name, mode)
      removeBelow(trees, { folder, name, path })
      calls.makeFolder(folder, name, mode)
    })
    return calls.openFolder(trees.to, path)
  }
}
