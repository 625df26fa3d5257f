import type { RestartPolicy } from '../../base/service.ts'
import type { Settings } from '../../settings/settings.ts'

/** When a service is started again, as the settings say; `hopeless` are its own exit codes that another try cannot change. */
export function restartPolicy(settings: Settings, hopeless: readonly number[] = []): RestartPolicy {
  return {
    when: settings.restart,
    limit: settings.restartLimit,
    windowMs: 10 * 60_000,
    firstDelayMs: 1000,
    mostDelayMs: 60_000,
    hopeless,
  }
}
