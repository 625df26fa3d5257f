import type { NodeCondition, WantedNode } from '../base/node.ts'
import type { Facts } from './facts.ts'
import { usesGpu } from './gpu-use.ts'

/** The first condition of a node that this machine does not meet; undefined when it is for this machine. Pure. */
export function unmetCondition(
  { onlyIf }: Pick<WantedNode, 'onlyIf'>,
  settings: Parameters<typeof usesGpu>[0],
  facts: Pick<Facts, 'arch'> & Parameters<typeof usesGpu>[1],
): NodeCondition | undefined {
  const hasGpu = usesGpu(settings, facts)
  const holds = (condition: NodeCondition): boolean => {
    switch (condition) {
      case 'gpu':
        return hasGpu
      case 'cpu':
        return !hasGpu
      case 'amd64':
        return facts.arch === 'x64'
      case 'arm64':
        return facts.arch === 'arm64'
    }
  }
  return onlyIf.find((condition) => !holds(condition))
}
