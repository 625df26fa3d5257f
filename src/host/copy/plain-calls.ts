import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  type Dirent,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { escapeName } from '../../base/tree-path.ts'
import type { Calls, Folder, Found, Kind, Moment, Name } from './calls.ts'
import { nameOf, pieces } from './names.ts'
import { codeOf, failure } from './system-error.ts'

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants
const FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW

/**
 * The same calls through node:fs, for a Node that cannot call the C library: a little slower, times to the microsecond,
 * no attributes, no shared blocks; a hole is what reads as zeros.
 */
export function plainCalls(): Calls {
  return {
    openRoot: (path) => ({ fd: openSync(path, O_RDONLY | O_DIRECTORY), path }),
    openFolder,
    closeFolder: ({ fd }) => closeSync(fd),
    list: (folder) =>
      named(folder.path, () => readdirSync(`/proc/self/fd/${folder.fd}`, LISTING)).map((each) => ({
        name: nameOf(escapeName(each.name)),
        inode: 0,
        kind: kindOf(each),
      })),
    look: (folder, name) => on(folder, name, (path) => foundIn(lstatSync(path, { bigint: true }))),
    lookOpen: ({ fd }) => foundIn(fstatSync(fd, { bigint: true })),
    syncAll: () => false,
    ...fileCalls,
    ...entryCalls,
  }
}

const LISTING = { withFileTypes: true, encoding: 'buffer' } as const

const fileCalls = {
  openFile: (folder, name) => openAs(folder, name, [O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0]),
  createFile: (folder, name, mode) =>
    openAs(folder, name, [O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode & 0o777]),
  openToWrite: (folder, name) => openAs(folder, name, [O_WRONLY | O_NOFOLLOW, 0]),
  closeFile: ({ fd }) => closeSync(fd),
  expect: () => {},
  read: ({ fd, folder, name }, buffer, at) =>
    on(folder, name, () => readSync(fd, buffer, 0, buffer.length, at)),
  write: ({ fd, folder, name }, { buffer, bytes, at }) => {
    let done = 0
    while (done < bytes) done += on(folder, name, () => writeSync(fd, buffer, done, bytes - done, at + done))
  },
  dataFrom: (_, at) => [at, Number.POSITIVE_INFINITY],
  share: () => false,
  setBytes: ({ fd }, bytes) => ftruncateSync(fd, bytes),
  setMode: ({ fd }, mode) => fchmodSync(fd, mode),
  setTime: ({ fd }, time) => futimesSync(fd, secondsOf(time), secondsOf(time)),
  copyAttributes: () => {},
  syncOne: ({ fd }) => fsyncSync(fd),
} satisfies Partial<Calls>

const entryCalls = {
  setLinkTime: (folder, name, time) =>
    on(folder, name, (path) => lutimesSync(path, secondsOf(time), secondsOf(time))),
  makeFolder: (folder, name, mode) => on(folder, name, (path) => void mkdirSync(path, mode & 0o777)),
  setModeOf: (folder, name, mode) => on(folder, name, (path) => chmodSync(path, mode)),
  readLink: (folder, name) => on(folder, name, (path) => readlinkSync(path, 'buffer')),
  makeLink: (folder, name, target) => on(folder, name, (path) => symlinkSync(target, path)),
  addName: (folder, name, more) =>
    on(more.folder, more.name, (path) => linkSync(relative(folder, name), path)),
  removeFile: (folder, name) => on(folder, name, (path) => unlinkSync(path)),
  removeFolder: (folder, name) => on(folder, name, (path) => rmdirSync(path)),
} satisfies Partial<Calls>

function openFolder(root: Folder, path: string): Folder {
  let at = root
  for (const piece of path === '' ? ['.'] : pieces(path)) {
    const before = at
    const fd = on(before, nameOf(piece), (place) => openSync(place, FOLDER_FLAGS))
    at = { fd, path: path === '' ? root.path : `${before.path}/${piece}` }
    if (before !== root) closeSync(before.fd)
  }
  return at
}

function openAs(folder: Folder, name: Name, [flags, mode]: readonly [number, number]) {
  return { fd: on(folder, name, (path) => openSync(path, flags, mode)), folder, name }
}

/** Acts on a path that is relative to an open folder; an error names the real path. */
function on<T>(folder: Folder, name: Name, act: (path: Buffer) => T): T {
  return named(`${folder.path}/${name.text}`, () => act(relative(folder, name)))
}

function named<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined || !(error instanceof Error)) throw error
    throw failure('the system refused', { code, syscall: String(Reflect.get(error, 'syscall')), path })
  }
}

function relative({ fd }: Folder, name: Name): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${fd}/`), name.bytes.subarray(0, -1)])
}

// Node takes a number below 0 for «now», a Date for what it is.
function secondsOf({ seconds, nanoseconds }: Moment): number | Date {
  const time = seconds + nanoseconds / 1e9
  return time < 0 ? new Date(time * 1000) : time
}

function foundIn(found: BigIntStats): Found {
  // Times are set through a floating point number of seconds; the microsecond is what survives.
  const microseconds = Math.round(
    Number(found.mtimeNs - BigInt(Math.floor(Number(found.mtimeMs) / 1000)) * 1_000_000_000n) / 1000,
  )
  return {
    kind: kindOf(found),
    mode: Number(found.mode) & 0o7777,
    bytes: Number(found.size),
    storedBytes: Number(found.blocks) * 512,
    links: Number(found.nlink),
    identity: found.nlink > 1n ? `${found.dev}:${found.ino}` : '',
    seconds: Math.floor(Number(found.mtimeMs) / 1000),
    nanoseconds: microseconds * 1000,
    hasOwnTime: found.mtimeNs === found.ctimeNs,
  }
}

function kindOf(found: BigIntStats | Dirent<Buffer>): Kind {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  return found.isSymbolicLink() ? 'link' : 'other'
}
