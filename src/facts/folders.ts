import type { Fs } from '../host/fs.ts'
import { orAbsent } from './or-absent.ts'

/** Which of these paths are folders, links followed. */
export async function lookFolders(fs: Fs, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const are = await Promise.all(paths.map((path) => isFolder(fs, path)))
  return new Set(paths.filter((_, at) => are[at]))
}

/** Whether a path leads to a folder. */
export async function isFolder(fs: Fs, path: string): Promise<boolean> {
  return (await orAbsent(fs.follow(path)))?.kind === 'folder'
}
