import { constants, type Dirent, type Stats } from 'node:fs'
import { chmod, copyFile, lstat, lutimes, mkdir, readdir, readlink, symlink, utimes } from 'node:fs/promises'

/** How to copy: `onBytes` is told the bytes of each file as it is done; aborting stops between files. */
export type CopyOptions = { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal }

/** Files in flight: enough to hide latency on network disks, few enough for two cores. */
const WIDTH = 16

/**
 * Copies files, folders and symlinks with mode and modification time; the copies belong to whoever copies.
 * A crash leaves a part of the tree at the target: copy into a staging place and rename it.
 */
export async function copyTree(from: string, to: string, options: CopyOptions = {}): Promise<void> {
  const source = await lstat(from)
  await mkdir(to, { recursive: true, mode: source.mode | 0o700 })
  const entries = await readdir(from, { withFileTypes: true })
  const folders = entries.filter((each) => each.isDirectory())
  await inFlight(
    entries.filter((each) => !each.isDirectory()),
    (each) => copyOne(each, `${from}/${each.name}`, { to: `${to}/${each.name}`, options }),
  )
  for (const each of folders) await copyTree(`${from}/${each.name}`, `${to}/${each.name}`, options)
  await chmod(to, source.mode)
  await utimes(to, source.atime, source.mtime)
}

async function copyOne(
  entry: Dirent,
  from: string,
  { to, options }: { to: string; options: CopyOptions },
): Promise<void> {
  options.signal?.throwIfAborted()
  const source = await lstat(from)
  if (entry.isSymbolicLink()) {
    await symlink(await readlink(from), to)
    await lutimes(to, source.atime, source.mtime)
  } else if (entry.isFile()) {
    await copyRegular(from, to, source)
    options.onBytes?.(source.size)
  }
}

async function copyRegular(from: string, to: string, source: Stats): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await chmod(to, source.mode)
  await utimes(to, source.atime, source.mtime)
}

async function inFlight<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const worker = async () => {
    for (const item of waiting) await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker))
}
