import type { ServiceSpec } from '../../base/service.ts'
import type { Host } from '../../host/host.ts'

/** Pause between two looks at a service that listens, and before the look that makes sure; milliseconds. */
const LOOK_MS = 3000
const AGAIN_MS = 1000
const TIMEOUT_MS = 1000

/**
 * Resolves with true when nobody listens on the service's port any more: ComfyUI-Manager restarts ComfyUI within its own
 * process where it knows no supervisor. A service that is only slow still has its port. False when the signal is aborted before.
 */
export async function untilSilent(
  { net, clock }: Pick<Host, 'net' | 'clock'>,
  { host, port }: ServiceSpec['ready'],
  signal: AbortSignal,
): Promise<boolean> {
  const isRefused = async () => (await net.knock(host, port, TIMEOUT_MS)) === 'refused'
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal)
    if (signal.aborted || !(await isRefused())) continue
    await clock.sleep(AGAIN_MS, signal)
    if (!signal.aborted && (await isRefused())) return !signal.aborted
  }
  return false
}
