import type { Facts } from '../../facts/facts.ts'
import { lookAround } from '../../facts/look-around.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'

/**
 * Looks around without walking through the workspace’s tree: whose its files are is not known then. As a look for a person
 * who keeps what there is, which needs nothing more.
 */
export function glance(host: Host, settings: Settings): Promise<Facts> {
  return lookAround(host, { ...settings, upgrade: 'keep' })
}
