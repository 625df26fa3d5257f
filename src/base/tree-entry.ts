/**
 * One entry of a tree. `path` and `target` are text that holds any name: bytes outside printable ASCII and `%` are written as
 * `%XX`; a path is relative to the tree, with `/` between.
 */
export type TreeEntry = {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** Permission bits, e.g. 0o755. */
  readonly mode: number
  /** Size of a file; 0 for everything else. */
  readonly bytes: number
  /** Modification time, nanoseconds since 1970. */
  readonly mtimeNs: bigint
  /** Where a link leads, as it is written. */
  readonly target?: string
}
