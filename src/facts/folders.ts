import { basename, dirname } from 'node:path'
import type { Fs } from '../host/fs.ts'
import { orAbsent } from './or-absent.ts'

/** Which of these paths are folders, links followed. Several with one parent are found by one reading of it. */
export async function lookFolders(fs: Fs, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const groups = Object.values(Object.groupBy(paths, dirname))
  const found = await Promise.all(groups.map((group) => foldersOf(fs, group ?? [])))
  return new Set(found.flat())
}

/** Whether a path leads to a folder. */
export async function isFolder(fs: Fs, path: string): Promise<boolean> {
  return (await orAbsent(fs.follow(path)))?.kind === 'folder'
}

// A parent that other things may fill is not read for the sake of one or two.
const WORTH_READING = 3

async function foldersOf(fs: Fs, paths: readonly string[]): Promise<readonly string[]> {
  const parent = dirname(paths[0] ?? '/')
  const entries = paths.length < WORTH_READING ? undefined : ((await orAbsent(fs.entries(parent))) ?? [])
  const kinds = entries && new Map(entries.map(({ name, kind }) => [name, kind]))
  const are = await Promise.all(
    paths.map((path) => {
      const kind = kinds?.get(basename(path))
      return kinds === undefined || kind === 'link' ? isFolder(fs, path) : kind === 'folder'
    }),
  )
  return paths.filter((_, at) => are[at])
}
