import { constants, type Dirent, type Stats } from 'node:fs'
import {
  access,
  appendFile,
  type FileHandle,
  lchown,
  lstat,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  symlink,
  unlink,
} from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { systemCode } from '../base/problem.ts'
import type { TreeEntry } from '../base/tree-entry.ts'
import { escapeName } from '../base/tree-path.ts'
import type { Copied, CopyOptions, WalkOptions } from './copy/copy-options.ts'
import { copyOne } from './copy-one.ts'
import { type Growing, type Growth, grow, readGrowth } from './grow.ts'
import { type LockFile, openLockFile } from './lock-file.ts'
import { makeFolder } from './make-folder.ts'
import { type Path, parentOf, systemPath } from './path.ts'
import { readText } from './read-text.ts'
import { remove } from './remove.ts'
import { replaceFile, setTime } from './replace-file.ts'
import { type Abilities, tryOut } from './try-out.ts'

/** What lies at a path; sizes in bytes, times in milliseconds since 1970. */
export type FileEntry = {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly uid: number
  readonly gid: number
  /** Permission bits, e.g. 0o755. */
  readonly mode: number
  readonly bytes: number
  readonly mtimeMs: number
  /** When its contents or attributes changed last; a copy cannot set it. */
  readonly ctimeMs: number
  readonly device: number
}

/** A name in a folder and what it is (a link is a link). */
export type Named = { readonly name: string; readonly kind: FileEntry['kind'] }

/** Room on a filesystem for an ordinary user. Filesystems without inodes report `freeInodes` undefined. */
export type Space = { readonly freeBytes: number; readonly freeInodes: number | undefined }

/** Files and folders. What is absent is undefined, never an error; every other failure throws the system's error. */
export type Fs = {
  readonly readText: (path: string, mostBytes?: number) => Promise<string | undefined>
  /** At most so many bytes of a file from a place on; fewer at its end. */
  readonly readPart: (path: string, fromByte: number, bytes: number) => Promise<Uint8Array | undefined>
  /** The entry itself (a link is a link). */
  readonly look: (path: Path) => Promise<FileEntry | undefined>
  /** What the path leads to (links followed). */
  readonly follow: (path: string) => Promise<FileEntry | undefined>
  /** Names in a folder, sorted. */
  readonly list: (path: string) => Promise<readonly string[] | undefined>
  /** Names in a folder as they are, escaped, since they need not be UTF-8; sorted. */
  readonly names: (path: Path) => Promise<readonly string[] | undefined>
  /** Names in a folder with their kinds, in one reading of it; sorted. */
  readonly entries: (path: string) => Promise<readonly Named[] | undefined>
  readonly readLink: (path: string) => Promise<string | undefined>
  readonly realPath: (path: string) => Promise<string | undefined>
  /** True when the file exists and has an execute permission for the real user. */
  readonly isProgram: (path: string) => Promise<boolean>
  readonly space: (path: string) => Promise<Space | undefined>
  /** Tries what can be done in a folder by doing it with files of its own, which it removes. */
  readonly tryOut: (folder: string) => Promise<Abilities>
  readonly makeFolder: (path: Path, mode?: number) => Promise<void>
  /** Replaces a file's text: staged beside it, synced, renamed. A crash leaves the old text or the new. */
  readonly write: (path: string, text: string, mode?: number) => Promise<void>
  /** Replaces a file's bytes without bringing them to the disk; `mode` is what it has then. A crash leaves the old or the new. */
  readonly replace: (path: string, bytes: Uint8Array, mode: number) => Promise<void>
  /** When an entry itself (a link is a link) was changed last; milliseconds since 1970. */
  readonly setTime: (path: string, mtimeMs: number) => Promise<void>
  readonly append: (path: string, text: string) => Promise<void>
  readonly grow: (path: string) => Promise<Growing>
  readonly readGrowth: (path: string, fromByte: number) => Promise<Growth | undefined>
  /** Makes a symlink, replacing one that is there; never a file or folder. A crash leaves the old link or the new. */
  readonly link: (target: string, path: string) => Promise<void>
  /** Gives one folder or file (never what lies in it) to an owner. */
  readonly own: (path: Path, uid: number, gid: number) => Promise<void>
  /** Renames, and brings the folder's new entry to the disk unless `sync` is false: for many renames one sync will do. */
  readonly rename: (from: Path, to: Path, options?: { readonly sync: boolean }) => Promise<void>
  /** Copies one file, link or small folder over what is there of the same kind. A crash leaves a part. */
  readonly copy: (from: Path, to: Path) => Promise<void>
  /** Removes a file, link or whole folder; links inside are removed, never followed. */
  readonly remove: (path: string) => Promise<void>
  /** Removes a folder that holds nothing; ENOTEMPTY when it does. */
  readonly removeEmpty: (path: Path) => Promise<void>
  /** Copies a tree, and goes on with what an earlier copy left; the copies belong to whoever copies. */
  readonly copyTree: (from: string, to: string, options?: CopyOptions) => Promise<Copied>
  /** All entries below a folder, sorted by path; none where there is no folder. */
  readonly walk: (path: string, options?: WalkOptions) => Promise<readonly TreeEntry[]>
  /** Opens a lock file and tries to lock it, without waiting. */
  readonly lockFile: (path: string) => Promise<LockFile>
  /** Brings everything below a path, and the path's own entry, to the disk. */
  readonly sync: (path: string, signal?: AbortSignal) => Promise<void>
}

/** The real file system. What only copies need is loaded with the first of them. */
export function realFs(): Fs {
  return {
    readText: (path, mostBytes) => absentIs(undefined, readText(path, mostBytes)),
    readPart,
    look: async (path) => entryOf(await absentIs(undefined, lstat(systemPath(path)))),
    follow: async (path) => entryOf(await absentIs(undefined, stat(path))),
    list: async (path) => (await absentIs(undefined, readdir(path)))?.sort(),
    names: async (path) =>
      (await absentIs(undefined, readdir(systemPath(path), 'buffer')))?.map(escapeName).sort(),
    entries,
    readLink: (path) => absentIs(undefined, readlink(path)),
    realPath: (path) => absentIs(undefined, realpath(path)),
    isProgram,
    space,
    tryOut,
    makeFolder,
    write,
    replace: replaceFile,
    setTime,
    append: (path, text) => appendFile(path, text),
    grow,
    readGrowth,
    link,
    own: (path, uid, gid) => lchown(systemPath(path), uid, gid),
    rename: renameEntry,
    copy: copyOne,
    remove,
    removeEmpty: (path) => rmdir(systemPath(path)),
    copyTree: async (...args) => (await import('./copy/copy-tree.ts')).copyTree(...args),
    walk: async (...args) => (await import('./copy/walk.ts')).walk(...args),
    lockFile: openLockFile,
    sync: async (...args) => (await import('./sync-tree.ts')).syncTree(...args),
  }
}

async function renameEntry(from: Path, to: Path, { sync } = { sync: true }): Promise<void> {
  await rename(systemPath(from), systemPath(to))
  if (sync) await syncFolder(parentOf(to))
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL'])

async function absentIs<T, U>(fallback: U, result: Promise<T>): Promise<T | U> {
  try {
    return await result
  } catch (error) {
    if (ABSENT.has(systemCode(error) ?? '')) return fallback
    throw error
  }
}

async function entries(path: string): Promise<readonly Named[] | undefined> {
  const found = await absentIs(undefined, readdir(path, { withFileTypes: true }))
  return found
    ?.map((each) => ({ name: each.name, kind: kindOf(each) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function kindOf(found: Stats | Dirent): FileEntry['kind'] {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  return found.isSymbolicLink() ? 'link' : 'other'
}

function entryOf(found: Stats | undefined): FileEntry | undefined {
  if (found === undefined) return undefined
  return {
    kind: kindOf(found),
    uid: found.uid,
    gid: found.gid,
    mode: found.mode & 0o7777,
    bytes: found.size,
    mtimeMs: found.mtimeMs,
    ctimeMs: found.ctimeMs,
    device: found.dev,
  }
}

async function readPart(path: string, fromByte: number, bytes: number): Promise<Uint8Array | undefined> {
  const file = await absentIs(undefined, open(path, 'r'))
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(bytes), position: fromByte })
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

async function space(path: string): Promise<Space | undefined> {
  const found = await absentIs(undefined, statfs(path))
  // proc, sysfs and the like have no blocks at all: nothing can be said of their room.
  if (found === undefined || found.blocks === 0) return undefined
  return { freeBytes: found.bavail * found.bsize, freeInodes: found.files === 0 ? undefined : found.ffree }
}

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  const staged = `${path}.partial`
  await rm(staged, { force: true })
  const file = await open(staged, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(staged, path)
  await syncFolder(dirname(path))
}

async function link(target: string, path: string): Promise<void> {
  const there = await absentIs(undefined, lstat(path))
  if (there !== undefined && !there.isSymbolicLink())
    throw new Error(`Cannot replace ${path} by a link: it is not a link.`)
  const staged = `${dirname(path)}/.comfy-init-link-${basename(path)}`
  if ((await absentIs(undefined, lstat(staged)))?.isSymbolicLink()) await unlink(staged)
  await symlink(target, staged)
  await rename(staged, path)
}

// Some network filesystems cannot sync a folder; the rename has happened all the same.
async function syncFolder(path: string | Buffer): Promise<void> {
  let folder: FileHandle | undefined
  try {
    folder = await open(path, 'r')
    await folder.sync()
  } catch {
    // nothing more can be done from here
  } finally {
    await folder?.close()
  }
}
