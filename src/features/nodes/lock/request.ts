import type { WantedNode } from '../../../base/node.ts'
import { sourceKey } from './same-source.ts'

/** Where a node is to come from, as one text: the same means that it was asked for in the same way. */
export function requestOf({ source }: Pick<WantedNode, 'source'>): string {
  return sourceKey(source)
}
