import type { WantedNode } from '../../../base/node.ts'
import { sha256 } from '../../../base/sha256.ts'
import { sourceKey } from './same-source.ts'

/** Short digest of where a node is to come from: the same means that it was asked for in the same way. 16 hex digits. */
export function requestOf({ source }: Pick<WantedNode, 'source'>): string {
  return sha256(sourceKey(source)).slice(0, 16)
}
