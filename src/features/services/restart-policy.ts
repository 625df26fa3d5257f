import type { RestartPolicy } from '../../base/service.ts'
import type { Settings } from '../../settings/settings.ts'

/** When a service is started again, as the settings say; `hopeless` are its own exit codes that another try cannot change. */
export function restartPolicy(
  settings: Settings,
  { hopeless, hasSafeMode }: Pick<RestartPolicy, 'hopeless' | 'hasSafeMode'> = { hopeless: [] },
): RestartPolicy {
  return {
    when: settings.restart,
    limit: settings.restartLimit,
    windowMs: settings.restartWindowMs,
    firstDelayMs: 250,
    mostDelayMs: 60_000,
    hopeless,
    hasSafeMode: hasSafeMode ?? false,
  }
}
