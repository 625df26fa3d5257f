import { layoutOf } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { shortList } from '../../base/text.ts'
import type { Workspace } from '../../facts/facts.ts'
import type { Marker, Wish } from '../../facts/tree-facts.ts'

/** The marker of the workspace’s tree; throws NO_TREE_TO_CHANGE, which says what lies there instead. */
export function refuseUnlessOurs(
  { path, tree }: Pick<Workspace, 'path' | 'tree'>,
  act: Wish | 'verify',
): Marker {
  if (tree.state === 'ours') return tree.marker
  throw new Problem('NO_TREE_TO_CHANGE', { act, path: layoutOf(path).home, because: whatLies(tree) })
}

function whatLies(tree: Exclude<Workspace['tree'], { state: 'ours' }>): string {
  switch (tree.state) {
    case 'absent':
    case 'empty':
      return 'Nothing is there: no start has put ComfyUI into this workspace.'
    case 'torn':
      return 'Only a part of a first copy is there; the next start goes on with it.'
    case 'switching':
      return `The switch to ${tree.record.to} was cut short; the next start finishes it.`
    case 'unclear':
      return `A switch was cut short, and ${tree.record} does not say how far it was.`
    case 'foreign':
      return `Something is there that comfy-init did not make: ${shortList(tree.found)}.`
  }
}
