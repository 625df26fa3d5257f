import type { WantedNode } from '../../base/node.ts'
import type { Facts } from '../../facts/facts.ts'

/**
 * Nodes that ComfyUI is started without, by folder, with why in words that go on from «it …»: switched off, not for this
 * machine, or failed and optional. Pure.
 */
export function leftOut(
  _facts: Facts,
  _about: { readonly wanted: readonly WantedNode[] },
): ReadonlyMap<string, string> {
  return new Map()
}
