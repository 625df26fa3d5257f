import type { Fs } from '../host/fs.ts'
import { orAbsent } from './or-absent.ts'

/** Bytes in files, and entries of every kind. */
export type TreeSize = { readonly bytes: number; readonly files: number }

/** What a copy of a folder needs; links are counted, not followed. What may not be read is not counted. */
export async function sizeOf(fs: Fs, folder: string): Promise<TreeSize> {
  const entries = (await orAbsent(fs.entries(folder))) ?? []
  const sizes = await Promise.all(
    entries.map(async ({ name, kind }): Promise<TreeSize> => {
      const path = `${folder}/${name}`
      if (kind !== 'folder') return { bytes: (await orAbsent(fs.look(path)))?.bytes ?? 0, files: 1 }
      const below = await sizeOf(fs, path)
      return { bytes: below.bytes, files: below.files + 1 }
    }),
  )
  return sizes.reduce((sum, each) => ({ bytes: sum.bytes + each.bytes, files: sum.files + each.files }), {
    bytes: 0,
    files: 0,
  })
}
