import type { Identity, LockedNode, NodesLock, PackagePin } from '../../../base/node.ts'

/** A lock that holds nothing. */
export const EMPTY_LOCK: NodesLock = {
  version: 1,
  comfyui: undefined,
  identity: undefined,
  nodes: [],
  packages: [],
}

/**
 * Several locks as one: of entries for one folder that of the earlier lock counts. Packages are one resolution, and come whole
 * from the first lock that has some, with what they were resolved for. Pure.
 */
export function mergeLocks(locks: readonly NodesLock[]): NodesLock {
  const withPackages = locks.find(({ packages }) => packages.length > 0)
  return {
    version: 1,
    comfyui: locks.find(({ comfyui }) => comfyui !== undefined)?.comfyui,
    identity: withPackages?.identity,
    nodes: locks.reduceRight<readonly LockedNode[]>((nodes, lock) => laidOver(nodes, lock.nodes), []),
    packages: withPackages?.packages ?? [],
  }
}

/** The lock with these nodes in it, each in place of what it had for the same folder. Pure. */
export function withNodes(lock: NodesLock, nodes: readonly LockedNode[]): NodesLock {
  return { ...lock, nodes: laidOver(lock.nodes, nodes) }
}

/** The lock without the nodes of these folders, in any case of letters. Pure. */
export function withoutNodes(lock: NodesLock, folders: readonly string[]): NodesLock {
  const gone = new Set(folders.map((folder) => folder.toLowerCase()))
  return { ...lock, nodes: lock.nodes.filter(({ folder }) => !gone.has(folder.toLowerCase())) }
}

/** The lock with these packages instead of its own, and what they were resolved for. Pure. */
export function withPackages(
  lock: NodesLock,
  packages: readonly PackagePin[],
  identity: Identity | undefined,
): NodesLock {
  return { ...lock, packages, identity }
}

function laidOver(below: readonly LockedNode[], above: readonly LockedNode[]): readonly LockedNode[] {
  const byFolder = new Map([...below, ...above].map((each) => [each.folder.toLowerCase(), each]))
  return [...byFolder.values()]
}
