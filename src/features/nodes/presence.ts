import type { NodesFolder } from '../../facts/folder-facts.ts'

/** True when a folder has this node, in any case of letters, also when it was switched off. Pure. */
export function holdsNode(folder: NodesFolder, name: string): boolean {
  return isAmong(name, [...folder.nodes.map((each) => each.name), ...folder.disabled])
}

/** True when a node's name, or that name with `.disabled`, is among these folder names. */
export function isAmong(name: string, folders: readonly string[]): boolean {
  const wanted = name.toLowerCase()
  return folders.some((each) => {
    const found = each.toLowerCase()
    return found === wanted || found === `${wanted}.disabled`
  })
}
