import type { ServiceSpec } from '../../base/service.ts'
import type { Mode } from './life.ts'

/** What is started; `without` says in words what safe mode leaves out, as in «without its custom nodes». */
export type Variant = { readonly spec: ServiceSpec; readonly without?: string }

/** Finds what is started in a mode; asked just before each start, and called off by the signal. */
export type SpecFor = (spec: ServiceSpec, mode: Mode, signal: AbortSignal) => Promise<Variant>

/**
 * What is started in a mode. What safe mode leaves out is chosen when it is entered and stays so until it is left, or a
 * restart in it would leave out something else. Where it cannot be found out, the service is started as it is.
 */
export function variants(
  spec: ServiceSpec,
  specFor: SpecFor | undefined,
): (mode: Mode, signal: AbortSignal) => Promise<Variant> {
  let safe: Variant | undefined
  return async (mode, signal) => {
    if (mode === 'safe' && safe !== undefined) return safe
    const found = (await specFor?.(spec, mode, signal).catch(() => undefined)) ?? { spec }
    safe = mode === 'safe' && !signal.aborted ? found : undefined
    return found
  }
}
