import type { LockedNode } from '../../base/node.ts'

/** What a lock holds a node at, as one text: commit, version or digest of the archive; undefined for a path, which is linked. */
export function pinOf({ commit, version, archive }: LockedNode): string | undefined {
  return commit ?? version ?? archive?.sha256
}
