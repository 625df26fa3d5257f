import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from '../base/problem.ts'

// Node's own recursive mkdir spins for ever below /proc, where making answers ENOENT although the parent is there.

/** Makes a folder and its parents; a folder that is there is fine. Only the last one gets the mode. */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const make = () => mkdir(path, mode === undefined ? {} : { mode })
  try {
    await make()
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await makeLast(path, make)
  }
}

async function makeLast(path: string, make: () => Promise<unknown>): Promise<void> {
  try {
    await make()
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
  }
}
