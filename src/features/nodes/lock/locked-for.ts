import type { LockedNode, NodesLock, WantedNode } from '../../../base/node.ts'
import { repositoryKey, versionKey } from './same-source.ts'

/**
 * What the first lock that knows a wanted node holds it to. An entry only counts if it comes from the same place; a ref or version
 * that the manifest names must be the entry’s own, and where it names none, any will do. Pure.
 */
export function lockedFor(
  { folder, source }: Pick<WantedNode, 'folder' | 'source'>,
  locks: readonly NodesLock[],
): LockedNode | undefined {
  const key = folder.toLowerCase()
  return locks
    .flatMap(({ nodes }) => nodes)
    .find((each) => each.folder.toLowerCase() === key && fits(source, each))
}

function fits(wanted: WantedNode['source'], locked: LockedNode): boolean {
  const { source } = locked
  switch (wanted.kind) {
    case 'git':
      return (
        source.kind === 'git' &&
        repositoryKey(source.url) === repositoryKey(wanted.url) &&
        (wanted.ref === undefined || wanted.ref === source.ref || isCommit(wanted.ref, locked.commit))
      )
    case 'registry': {
      const version = locked.version ?? (source.kind === 'registry' ? source.version : undefined)
      return (
        source.kind === 'registry' &&
        source.id.toLowerCase() === wanted.id.toLowerCase() &&
        (wanted.version === undefined ||
          (version !== undefined && versionKey(wanted.version) === versionKey(version)))
      )
    }
    case 'zip':
      return source.kind === 'zip' && source.url === wanted.url && source.sha256 === wanted.sha256
    case 'path':
      return source.kind === 'path' && source.path === wanted.path
  }
}

// Seven digits are the fewest that git itself shortens a commit to.
function isCommit(ref: string, commit: string | undefined): boolean {
  return /^[0-9a-f]{7,64}$/i.test(ref) && commit?.startsWith(ref.toLowerCase()) === true
}
