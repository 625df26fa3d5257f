/** How to unpack a zip. */
export type Unpacking = {
  /** Absent folder to make and fill. */
  readonly into: string
  /** Leaves out the one folder that everything lies in, where there is one. */
  readonly stripTop: boolean
  /** More than this, unpacked, is a bomb. */
  readonly mostBytes: number
  readonly mostMembers: number
}

/**
 * What came of it. `names` are all members as the archive has them, `members` the files and links as they lie in the folder,
 * escaped (see `escapeName`). `bad` is the archive’s own fault, in words without a full stop; a part of it may lie there.
 */
export type Unpacked =
  | { readonly kind: 'unpacked'; readonly names: readonly string[]; readonly members: readonly string[] }
  | { readonly kind: 'bad'; readonly reason: string }

/** Archives, and digests of what lies on disk. */
export type Archive = {
  /** Unpacks a zip; nothing is ever made outside the folder. Throws the system’s errors. A crash leaves a part. */
  readonly unpack: (zip: string, unpacking: Unpacking) => Promise<Unpacked>
  /** SHA-256 of files, in lower-case hex and in their order; names are escaped and relative to the folder. */
  readonly digests: (folder: string, files: readonly string[]) => Promise<readonly string[]>
}

/** Real archives, loaded with the first of them. */
export function realArchive(): Archive {
  return {
    unpack: async (zip, unpacking) => (await import('./archive-unpack.ts')).unpack(zip, unpacking),
    digests: async (folder, files) => (await import('./archive-digests.ts')).digests(folder, files),
  }
}
