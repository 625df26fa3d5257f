import { constants, type Dirent, type Stats } from 'node:fs'
import { chmod, copyFile, lstat, lutimes, mkdir, readdir, readlink, symlink, utimes } from 'node:fs/promises'
import { inFlight } from './in-flight.ts'

/** How to copy: `onBytes` is told the bytes of each file as it is done; aborting stops between files. */
export type CopyOptions = { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal }

/** A path as the system has it: bytes. Names need not be UTF-8, and those of old archives are not. */
type Path = string | Buffer

const SLASH = Buffer.from('/')

/**
 * Copies files, folders and symlinks with mode and modification time; the copies belong to whoever copies, who may write in
 * every folder, whatever the image says.
 * A crash leaves a part of the tree at the target: copy into a staging place and rename it.
 */
export async function copyTree(from: Path, to: Path, options: CopyOptions = {}): Promise<void> {
  const source = await lstat(from)
  await mkdir(to, { recursive: true, mode: source.mode | 0o700 })
  const entries = await readdir(from, { withFileTypes: true, encoding: 'buffer' })
  const folders = entries.filter((each) => each.isDirectory())
  await inFlight(
    entries.filter((each) => !each.isDirectory()),
    (each) => copyOne(each, inside(from, each.name), { to: inside(to, each.name), options }),
  )
  for (const each of folders) await copyTree(inside(from, each.name), inside(to, each.name), options)
  await chmod(to, source.mode | 0o700)
  await utimes(to, source.atime, source.mtime)
}

async function copyOne(
  entry: Dirent<Buffer>,
  from: Path,
  { to, options }: { to: Path; options: CopyOptions },
): Promise<void> {
  options.signal?.throwIfAborted()
  const source = await lstat(from)
  if (entry.isSymbolicLink()) {
    await symlink(await readlink(from, 'buffer'), to)
    await lutimes(to, source.atime, source.mtime)
  } else if (entry.isFile()) {
    await copyRegular(from, to, source)
    options.onBytes?.(source.size)
  }
}

async function copyRegular(from: Path, to: Path, source: Stats): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await chmod(to, source.mode)
  await utimes(to, source.atime, source.mtime)
}

function inside(folder: Path, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), SLASH, name])
}
