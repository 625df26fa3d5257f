import type { Fs } from '../host/fs.ts'
import { inFlight } from '../host/in-flight.ts'
import { orAbsent } from './or-absent.ts'

/** What a filesystem gives room in, bytes: a file of one byte takes as much. */
const BLOCK_BYTES = 4096

/** Room that a copy takes: bytes in whole blocks of 4 KiB, and entries of every kind, folders among them. */
export type TreeSize = { readonly bytes: number; readonly files: number }

/**
 * What a copy of a folder needs: each file and link in whole blocks, one block for each folder in it. Links are counted,
 * not followed; holes are counted as if they were full, a second name of a file as a second file: never too little. What
 * may not be read is not counted. Few entries are looked at at a time, so that others' looks do not wait behind them.
 */
export async function sizeOf(fs: Fs, folder: string): Promise<TreeSize> {
  let [bytes, files] = [0, 0]
  let folders: readonly string[] = [folder]
  while (folders.length > 0) {
    const below = await listAll(fs, folders)
    files += below.folders.length + below.others.length
    bytes += below.folders.length * BLOCK_BYTES
    await inFlight(below.others, async (path) => {
      const entry = await orAbsent(fs.look(path))
      bytes += inBlocks(entry?.bytes ?? 0)
    })
    folders = below.folders
  }
  return { bytes, files }
}

type Level = { readonly folders: readonly string[]; readonly others: readonly string[] }

async function listAll(fs: Fs, folders: readonly string[]): Promise<Level> {
  const found: { readonly path: string; readonly isFolder: boolean }[] = []
  await inFlight(folders, async (folder) => {
    for (const { name, kind } of (await orAbsent(fs.entries(folder))) ?? [])
      found.push({ path: `${folder}/${name}`, isFolder: kind === 'folder' })
  })
  const pathsOf = (wanted: boolean) =>
    found.flatMap(({ path, isFolder }) => (isFolder === wanted ? path : []))
  return { folders: pathsOf(true), others: pathsOf(false) }
}

function inBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
}
