import {
  close,
  constants,
  fchmodSync,
  fdatasync,
  fstatSync,
  ftruncate,
  open,
  read,
  type Stats,
  write,
} from 'node:fs'
import { lstat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { quietly } from './quietly.ts'

/** An open lock file. Programs that we start do not get it; it is given back when the process ends, however it ends. */
export type LockFile = {
  /** `granted`: ours until it is closed; `refused`: another open file holds it; `unsupported`: this system cannot say. */
  readonly state: 'granted' | 'refused' | 'unsupported'
  /** Number of the filesystem on this kernel: files on two with different numbers know nothing of each other's locks. */
  readonly device: number
  /** Whether the path still leads to this file. */
  readonly isInPlace: () => Promise<boolean>
  /** The text as it was when the file was opened, or is now; at most 16 KiB of it. */
  readonly read: () => Promise<string>
  /** Replaces the content in place and, with `sync`, brings it to the disk or server. A crash leaves the old text or the new. */
  readonly write: (text: string, options?: { readonly sync?: boolean }) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Opens a lock file, making it where it is absent, and tries to lock it without waiting. It must never be removed: whoever
 * holds a removed file holds nothing. Throws ELOOP for a link, ENOTSUP for what is no regular file.
 */
export async function openLockFile(path: string): Promise<LockFile> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants
  const fd = await opened(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666)
  try {
    const found = fstatSync(fd)
    let { size } = found
    if (found.isFile()) openToAll(fd, found)
    if (!found.isFile())
      throw Object.assign(new Error(`ENOTSUP: ${path} is no regular file`), { code: 'ENOTSUP' })
    return {
      state: tryLock(fd),
      device: found.dev,
      isInPlace: () => isAt(path, found),
      read: async () => {
        const { buffer, bytesRead } = await got(fd, Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0)
        return buffer.toString('utf8', 0, bytesRead)
      },
      write: async (text, { sync = false } = {}) => {
        const bytes = Buffer.from(text)
        await written(fd, bytes, 0, bytes.length, 0)
        if (size > bytes.length) await truncated(fd, bytes.length)
        size = bytes.length
        if (sync) await synced(fd)
      },
      close: () => closed(fd),
    }
  } catch (error) {
    await closed(fd)
    throw error
  }
}

// A later start may run as somebody else, and has to write its name here.
function openToAll(fd: number, { mode }: Stats): void {
  try {
    if ((mode & 0o666) !== 0o666) fchmodSync(fd, mode | 0o666)
  } catch {
    // somebody else's, or a filesystem without modes
  }
}

// A number, not a handle: what is forgotten stays locked until the process ends, and no collector takes it.
const opened = promisify(open)
const got = promisify(read)
const written = promisify(write)
const truncated = promisify(ftruncate)
const synced = promisify(fdatasync)
const closed = promisify(close)

/** More than anybody writes into a lock file. */
const MOST_BYTES = 16 * 1024

/** LOCK_EX and LOCK_NB of flock(2). */
const EXCLUSIVE = 2
const WITHOUT_WAITING = 4

const EINTR = 4
const EWOULDBLOCK = 11

const C_LIBRARY = {
  flock: { arguments: ['int32', 'int32'], return: 'int32' },
  __errno_location: { arguments: [], return: 'pointer' },
} as const

// node:ffi is experimental: a Node without it has no locks, and what the file says has to do.
function tryLock(fd: number): LockFile['state'] {
  try {
    const ffi = quietly(() => process.getBuiltinModule('node:ffi'))
    const { functions } = quietly(() => ffi.dlopen(null, C_LIBRARY))
    for (;;) {
      if (functions.flock(fd, EXCLUSIVE | WITHOUT_WAITING) === 0) return 'granted'
      const errno = ffi.getInt32(functions.__errno_location())
      if (errno === EWOULDBLOCK) return 'refused'
      if (errno !== EINTR) return 'unsupported'
    }
  } catch {
    return 'unsupported'
  }
}

async function isAt(path: string, { dev, ino }: Stats): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined)
  return found?.ino === ino && found.dev === dev
}
