/** A folder that is open: paths for messages, the descriptor for the calls that are relative to it. */
export type Folder = { readonly fd: number; readonly path: string }

/** A name in a folder: escaped for lists and messages, and its bytes with a closing NUL for the system. */
export type Name = { readonly text: string; readonly bytes: Buffer }

/** An open file. */
export type Open = { readonly fd: number; readonly folder: Folder; readonly name: Name }

/** What an entry is; pipes, sockets and devices are `other`. */
export type Kind = 'file' | 'folder' | 'link' | 'other'

/** A name as a folder lists it; the inode's number orders reading. `kind` is undefined where the filesystem does not tell. */
export type Listed = { readonly name: Name; readonly inode: number; readonly kind: Kind | undefined }

/** What is known of an entry: `mode` the permission bits, times since 1970 in whole seconds and nanoseconds beside them. */
export type Found = {
  readonly kind: Kind
  readonly mode: number
  readonly bytes: number
  /** What it takes on the disk. */
  readonly storedBytes: number
  readonly links: number
  /** Device and inode in one text, equal for names of the same file; empty for what has one name only. */
  readonly identity: string
  readonly seconds: number
  readonly nanoseconds: number
  /** Its time was never set: it is that of its last change, as in a file whose copying was cut. */
  readonly hasOwnTime: boolean
}

/** A moment, as the system's calls take it. */
export type Moment = Pick<Found, 'seconds' | 'nanoseconds'>

/**
 * The system's calls that copying needs, all of them synchronous: they are made in threads of their own. Each throws the
 * system's error with `code` and `path`.
 */
export type Calls = {
  /** Opens a folder by its path, for all calls that are relative to it; links on the way are followed. */
  readonly openRoot: (path: string) => Folder
  /** Opens a folder below another one by escaped path (empty: itself); its last part must not be a link. */
  readonly openFolder: (root: Folder, path: string) => Folder
  readonly closeFolder: (folder: Folder) => void
  readonly list: (folder: Folder) => readonly Listed[]
  readonly look: (folder: Folder, name: Name) => Found
  readonly lookOpen: (open: Open | Folder) => Found
  readonly openFile: (folder: Folder, name: Name) => Open
  /** Makes a file that was not there (EEXIST), open for writing. */
  readonly createFile: (folder: Folder, name: Name, mode: number) => Open
  readonly openToWrite: (folder: Folder, name: Name) => Open
  readonly closeFile: (open: Open) => void
  /** Tells the system that a file is read soon, whole and in order. */
  readonly expect: (open: Open) => void
  /** Fills a buffer from a place of the file on; the number of bytes read, 0 at the end. */
  readonly read: (open: Open, buffer: Buffer, at: number) => number
  /** Writes so many bytes of the buffer at a place of the file, all of them. */
  readonly write: (open: Open, part: WritePart) => void
  /** The next stretch with data from a place on: [from, to), undefined when there is none. */
  readonly dataFrom: (open: Open, at: number) => readonly [number, number] | undefined
  /** Shares the blocks of a whole file where the filesystem can; false where it cannot. */
  readonly share: (from: Open, to: Open) => boolean
  readonly setBytes: (open: Open, bytes: number) => void
  readonly setMode: (open: Open | Folder, mode: number) => void
  readonly setTime: (open: Open | Folder, time: Moment) => void
  readonly setLinkTime: (folder: Folder, name: Name, time: Moment) => void
  /** User attributes of the first onto the second, where both filesystems have such. */
  readonly copyAttributes: (from: Open | Folder, to: Open | Folder) => void
  readonly makeFolder: (folder: Folder, name: Name, mode: number) => void
  readonly setModeOf: (folder: Folder, name: Name, mode: number) => void
  readonly readLink: (folder: Folder, name: Name) => Buffer
  readonly makeLink: (folder: Folder, name: Name, target: Buffer) => void
  /** Gives a file one more name. */
  readonly addName: (
    folder: Folder,
    name: Name,
    more: { readonly folder: Folder; readonly name: Name },
  ) => void
  readonly removeFile: (folder: Folder, name: Name) => void
  readonly removeFolder: (folder: Folder, name: Name) => void
  readonly syncOne: (open: Open | Folder) => void
  /** Brings a whole filesystem to the disk; false where this cannot be asked for. */
  readonly syncAll: (folder: Folder) => boolean
}

/** So many first bytes of a buffer, and the place of the file where they go. */
export type WritePart = { readonly buffer: Buffer; readonly bytes: number; readonly at: number }
