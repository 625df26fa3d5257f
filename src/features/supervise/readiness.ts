import type { ServiceSpec } from '../../base/service.ts'
import type { Host } from '../../host/host.ts'

/** Asked this often while a quick start is still likely, then less often; milliseconds. */
const EAGER_MS = 100
const CALM_MS = 500
const EAGER_FOR_MS = 15_000
const TIMEOUT_MS = 5000

/** More of an answer is not read. */
const MOST_BYTES = 64 * 1024

/**
 * Asks until the service answers 200 (or, where it speaks TLS, takes a connection). Resolves with false when the signal
 * is aborted before. Nothing is read from the log: how a service words its readiness is its own affair.
 */
export async function untilReady(
  host: Pick<Host, 'net' | 'clock'>,
  ready: ServiceSpec['ready'],
  signal: AbortSignal,
): Promise<boolean> {
  const startMs = host.clock.monotonicMs()
  while (!signal.aborted) {
    const answers = await answersNow(host, ready, TIMEOUT_MS)
    if (signal.aborted) return false
    if (answers) return true
    const eager = host.clock.monotonicMs() - startMs < EAGER_FOR_MS
    await host.clock.sleep(eager ? EAGER_MS : CALM_MS, signal)
  }
  return false
}

/** Whether the service answers 200 (or, where it speaks TLS, takes a connection) within a time, milliseconds. */
export async function answersNow(
  { net }: Pick<Host, 'net'>,
  ready: ServiceSpec['ready'],
  timeoutMs: number,
): Promise<boolean> {
  const { host, port, path } = ready
  if (ready.over === 'tls') return (await net.knock(host, port, timeoutMs)) === 'taken'
  const answer = await net.ask({ host, port, path, timeoutMs, mostBytes: MOST_BYTES })
  return answer?.status === 200
}
