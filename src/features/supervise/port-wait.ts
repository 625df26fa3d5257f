import type { ServiceSpec } from '../../base/service.ts'
import type { Host } from '../../host/host.ts'
import { type Holder, holderOf, listeningSockets } from './port-holder.ts'

/** Longest wait for a port that a run before held, and pause between two looks; milliseconds. */
const MOST_MS = 10_000
const LOOK_MS = 100

/**
 * Waits until the service's port can be bound again: undefined once it can, or once the signal is aborted; who holds it
 * when that lasts too long. Where it cannot be bound although nobody listens there, the service itself says why.
 */
export async function untilPortFree(
  host: Pick<Host, 'net' | 'clock' | 'fs'>,
  { host: address, port }: ServiceSpec['ready'],
  signal: AbortSignal,
): Promise<Holder | undefined> {
  const startMs = host.clock.monotonicMs()
  while (!signal.aborted) {
    if (await host.net.canListen(address, port)) return undefined
    const sockets = await listeningSockets(host, port)
    if (sockets?.size === 0) return undefined
    if (host.clock.monotonicMs() - startMs >= MOST_MS) return holderOf(host, sockets ?? new Set())
    await host.clock.sleep(LOOK_MS, signal)
  }
  return undefined
}
