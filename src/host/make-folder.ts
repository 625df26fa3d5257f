import { mkdir, stat } from 'node:fs/promises'
import { systemCode } from '../base/problem.ts'
import { type Path, parentOf, systemPath } from './path.ts'

// Node's own recursive mkdir spins for ever below /proc, where making answers ENOENT although the parent is there.

/** Makes a folder and its parents; a folder that is there is fine. Only the last one gets the mode. */
export async function makeFolder(folder: Path, mode?: number): Promise<void> {
  const path = systemPath(folder)
  const make = () => mkdir(path, mode === undefined ? {} : { mode })
  try {
    await make()
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (systemCode(error) !== 'ENOENT' || isRoot(path)) throw error
    await makeFolder(parentOf(path))
    await makeLast(path, make)
  }
}

function isRoot(path: string | Buffer): boolean {
  return path.toString() === parentOf(path).toString()
}

async function makeLast(path: string | Buffer, make: () => Promise<unknown>): Promise<void> {
  try {
    await make()
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
  }
}
