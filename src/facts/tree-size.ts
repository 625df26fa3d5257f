import type { TreeEntry } from '../base/tree-entry.ts'
import type { Fs } from '../host/fs.ts'

/** What a filesystem gives room in, bytes: a file of one byte takes as much. */
const BLOCK_BYTES = 4096

/** Room that a copy takes: bytes in whole blocks of 4 KiB, and entries of every kind, folders among them. */
export type TreeSize = { readonly bytes: number; readonly files: number }

/**
 * What a copy of a folder needs: each file in whole blocks, one block for each folder and link in it; nothing where there is no
 * folder. Links are not followed; holes are counted as if they were full, a second name of a file as a second file: never
 * too little. Throws the system's error where something may not be read, as a copy would.
 */
export async function sizeOf(fs: Pick<Fs, 'walk'>, folder: string): Promise<TreeSize> {
  const entries = await fs.walk(folder)
  return { bytes: entries.reduce((sum, each) => sum + roomOf(each), 0), files: entries.length }
}

function roomOf({ kind, bytes }: TreeEntry): number {
  switch (kind) {
    case 'file':
      return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
    case 'folder':
    case 'link':
      return BLOCK_BYTES
    case 'other':
      return 0
  }
}
