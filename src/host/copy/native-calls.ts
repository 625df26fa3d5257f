import { constants } from 'node:fs'
import type { Calls, Folder, Found, Name, Open } from './calls.ts'
import { nameOf, pieces } from './names.ts'
import { attributeCopier } from './native-attributes.ts'
import { FOUND_BYTES, foundIn, listedIn } from './native-data.ts'
import { type Functions, nativeFunctions } from './native-declarations.ts'
import { systemError } from './system-error.ts'

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY, O_NOATIME } = constants
const O_CLOEXEC = 0o2000000
const AT_FDCWD = -100
const AT_SYMLINK_NOFOLLOW = 0x100
const AT_REMOVEDIR = 0x200
const AT_EMPTY_PATH = 0x1000
const BASIC_STATS = 0x7ff
const WILL_NEED = 3
const SEEK_DATA = 3
const SEEK_HOLE = 4
const FICLONE = 0x40049409n
const FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
const CREATE_FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
const READ_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC

/**
 * The C library's own functions, called directly: relative to open folders, with times in nanoseconds, one call each. Throws
 * where this Node has no way to call them (node:ffi is experimental) or the C library lacks one.
 */
export function nativeCalls(): Calls {
  const { functions, numberAt } = nativeFunctions()
  const errnoAt = functions.__errno_location()
  const check: Check = (result, syscall, at) => {
    if (result < 0) throw systemError(numberAt(errnoAt), syscall, pathOf(at))
    return result
  }
  const bench: Grip = { functions, check, errno: () => numberAt(errnoAt) }
  return {
    ...folderCalls(bench),
    ...lookCalls(bench),
    ...fileCalls(bench),
    ...dataCalls(bench),
    ...entryCalls(bench),
  }
}

/** What a call was about: an open file or folder, or a name in a folder. */
type Place = Open | Folder | readonly [Folder, Name]

type Check = (result: number, syscall: string, at: Place) => number

type Grip = { readonly functions: Functions; readonly check: Check; readonly errno: () => number }

function pathOf(at: Place): string {
  if ('path' in at) return at.path
  const [folder, name] = 'folder' in at ? [at.folder, at.name] : at
  return name.text === '' ? folder.path : `${folder.path}/${name.text}`
}

function folderCalls({ functions: c, check }: Grip) {
  const openPiece = (at: Folder, name: Name, flags: number) =>
    check(c.openat(at.fd, name.bytes, flags, 0), 'open', [at, name])
  const openFolder: Calls['openFolder'] = (root, path) => {
    if (path === '') return { fd: openPiece(root, HERE, FOLDER_FLAGS), path: root.path }
    let at = root
    for (const piece of pieces(path)) {
      const before = at
      try {
        at = { fd: openPiece(before, nameOf(piece), FOLDER_FLAGS), path: `${before.path}/${piece}` }
      } finally {
        if (before !== root) c.close(before.fd)
      }
    }
    return at
  }
  const buffer = Buffer.allocUnsafeSlow(LIST_BYTES)
  return {
    openRoot: (path) => {
      const fd = c.openat(AT_FDCWD, Buffer.from(`${path}\0`), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
      return { fd: check(fd, 'open', { fd, path }), path }
    },
    openFolder,
    closeFolder: ({ fd }) => void c.close(fd),
    list: (folder) => {
      const found = []
      for (;;) {
        const bytes = check(c.getdents64(folder.fd, buffer, BigInt(LIST_BYTES)), 'scandir', folder)
        if (bytes === 0) return found
        found.push(...listedIn(buffer, bytes))
      }
    },
  } satisfies Partial<Calls>
}

function lookCalls({ functions: c, check }: Grip) {
  const buffer = Buffer.allocUnsafeSlow(FOUND_BYTES)
  const look = (fd: number, name: Name, place: Place): Found => {
    const flags = AT_SYMLINK_NOFOLLOW | (name === EMPTY ? AT_EMPTY_PATH : 0)
    check(c.statx(fd, name.bytes, flags, BASIC_STATS, buffer), 'lstat', place)
    return foundIn(buffer)
  }
  return {
    look: (folder, name) => look(folder.fd, name, [folder, name]),
    lookOpen: (open) => look(open.fd, EMPTY, open),
  } satisfies Partial<Calls>
}

function fileCalls({ functions: c, check, errno }: Grip) {
  let readFlags = READ_FLAGS | O_NOATIME
  const openFile: Calls['openFile'] = (folder, name) => {
    const fd = c.openat(folder.fd, name.bytes, readFlags, 0)
    // Only its owner may leave the time of reading as it is.
    if (fd < 0 && readFlags !== READ_FLAGS && errno() === EPERM) {
      readFlags = READ_FLAGS
      return openFile(folder, name)
    }
    return { fd: check(fd, 'open', [folder, name]), folder, name }
  }
  const openAs = (folder: Folder, name: Name, how: readonly [number, number]) => ({
    fd: check(c.openat(folder.fd, name.bytes, how[0], how[1]), 'open', [folder, name]),
    folder,
    name,
  })
  return {
    openFile,
    createFile: (folder, name, mode) => openAs(folder, name, [CREATE_FLAGS, mode & 0o777]),
    openToWrite: (folder, name) => openAs(folder, name, [O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0]),
    closeFile: (open) => void check(c.close(open.fd), 'close', open),
    expect: ({ fd }) => void c.posix_fadvise(fd, 0n, 0n, WILL_NEED),
    syncOne: (open) => void check(c.fsync(open.fd), 'fsync', open),
    syncAll: (folder) => check(c.syncfs(folder.fd), 'syncfs', folder) === 0,
    ...attributeCopier(c),
  } satisfies Partial<Calls>
}

function dataCalls({ functions: c, check, errno }: Grip) {
  const seek = (open: Open, at: number, whence: number) => Number(c.lseek(open.fd, BigInt(at), whence))
  const times = Buffer.alloc(32)
  const timed = ({ seconds, nanoseconds }: { readonly seconds: number; readonly nanoseconds: number }) => {
    for (const at of [0, 16]) {
      times.writeBigInt64LE(BigInt(seconds), at)
      times.writeInt32LE(nanoseconds, at + 8)
    }
    return times
  }
  return {
    read: (open, buffer, at) =>
      check(c.pread(open.fd, buffer, BigInt(buffer.length), BigInt(at)), 'read', open),
    write: (open, { buffer, bytes, at }) => {
      let done = 0
      while (done < bytes) {
        const rest = done === 0 ? buffer : buffer.subarray(done)
        done += check(c.pwrite(open.fd, rest, BigInt(bytes - done), BigInt(at + done)), 'write', open)
      }
    },
    dataFrom: (open, at) => {
      const start = seek(open, at, SEEK_DATA)
      if (start < 0 && errno() === ENXIO) return undefined
      if (start < 0) return [at, Number.POSITIVE_INFINITY]
      return [start, check(seek(open, start, SEEK_HOLE), 'lseek', open)]
    },
    share: (from, to) => c.ioctl(to.fd, FICLONE, BigInt(from.fd)) === 0,
    setBytes: (open, bytes) => void check(c.ftruncate(open.fd, BigInt(bytes)), 'ftruncate', open),
    setMode: (open, mode) => void check(c.fchmod(open.fd, mode), 'fchmod', open),
    setTime: (open, time) => void check(c.futimens(open.fd, timed(time)), 'utime', open),
    setLinkTime: (folder, name, time) => {
      const result = c.utimensat(folder.fd, name.bytes, timed(time), AT_SYMLINK_NOFOLLOW)
      check(result, 'utime', [folder, name])
    },
  } satisfies Partial<Calls>
}

function entryCalls({ functions: c, check }: Grip) {
  const target = Buffer.allocUnsafeSlow(LINK_BYTES)
  return {
    makeFolder: (folder, name, mode) =>
      void check(c.mkdirat(folder.fd, name.bytes, mode & 0o777), 'mkdir', [folder, name]),
    setModeOf: (folder, name, mode) =>
      void check(c.fchmodat(folder.fd, name.bytes, mode, 0), 'chmod', [folder, name]),
    readLink: (folder, name) => {
      const bytes = c.readlinkat(folder.fd, name.bytes, target, BigInt(LINK_BYTES))
      return Buffer.from(target.subarray(0, check(bytes, 'readlink', [folder, name])))
    },
    makeLink: (folder, name, to) =>
      void check(c.symlinkat(Buffer.concat([to, NUL]), folder.fd, name.bytes), 'symlink', [folder, name]),
    addName: (folder, name, more) => {
      const result = c.linkat(folder.fd, name.bytes, more.folder.fd, more.name.bytes, 0)
      check(result, 'link', [more.folder, more.name])
    },
    removeFile: (folder, name) => void check(c.unlinkat(folder.fd, name.bytes, 0), 'unlink', [folder, name]),
    removeFolder: (folder, name) =>
      void check(c.unlinkat(folder.fd, name.bytes, AT_REMOVEDIR), 'rmdir', [folder, name]),
  } satisfies Partial<Calls>
}

const NUL = Buffer.from([0])
const EMPTY: Name = { text: '', bytes: NUL }
const HERE: Name = { text: '', bytes: Buffer.from('.\0') }
const EPERM = 1
const ENXIO = 6
const LIST_BYTES = 64 * 1024
const LINK_BYTES = 64 * 1024
