import type { Fs } from '../../host/fs.ts'

/** True when the service left word that it wants to be started again; the word is taken away. Without removal it does not count: it would count for ever. */
export async function takeMarker(fs: Fs, path: string | undefined): Promise<boolean> {
  if (path === undefined) return false
  try {
    if ((await fs.look(path)) === undefined) return false
    await fs.remove(path)
    return true
  } catch {
    return false
  }
}
