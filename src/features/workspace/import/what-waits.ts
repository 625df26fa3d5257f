import type { Places } from '../../../base/layout.ts'
import type { Facts } from '../../../facts/facts.ts'

/** Whether the workspace's ComfyUI is one that another image left: then none is copied there. */
export function importsTree({ foreign }: Facts, mode: Places['mode']): boolean {
  return mode === 'move' && foreign?.tree !== undefined
}

/** Why ComfyUI stays in the image while another image's state, which lies without a ComfyUI, waits for it or is moved. */
export function stateToImport({ foreign }: Facts): string | undefined {
  if (foreign === undefined || foreign.tree !== undefined) return undefined
  if (foreign.parts.length === 0 && !foreign.isBegun) return undefined
  return `${foreign.title} left its state in the workspace, and no ComfyUI`
}
