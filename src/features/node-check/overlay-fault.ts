import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'

/**
 * Facts as services are started from: without the overlay where a check showed that ComfyUI does not start with it, whatever
 * became of nodes since. A change of packages makes another overlay, which is given its chance. Pure.
 */
export function usableFacts(settings: Pick<Settings, 'nodeCheck'>, facts: Facts): Facts {
  const failure = settings.nodeCheck ? facts.nodeRecords.imports?.failure : undefined
  const path = facts.packages?.current?.path
  const isAtFault = failure?.code === 'OVERLAY_BREAKS_COMFYUI' && failure.details.overlay === path
  return path !== undefined && isAtFault ? withoutOverlay(facts) : facts
}

/** Facts that have the image's own Python run everything. Pure. */
export function withoutOverlay(facts: Facts): Facts {
  const { packages } = facts
  return packages === undefined ? facts : { ...facts, packages: { ...packages, current: undefined } }
}
