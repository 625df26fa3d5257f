import { Problem } from '../../../base/problem.ts'
import type { Host } from '../../../host/host.ts'
import type { Getting } from './to-check-out.ts'

/** Milliseconds until the node’s time is over, at least one. */
export function msLeft(host: Host, { untilMs }: Pick<Getting, 'untilMs'>): number {
  return Math.max(1, Math.ceil(untilMs - host.clock.monotonicMs()))
}

/**
 * Does something that needs another machine, up to three times while nobody answers there, with growing pauses of chance length
 * between. A host that let one node down in this start is asked only once for the others.
 */
export async function withTries<T>(
  host: Host,
  { url, getting }: { readonly url: string; readonly getting: Getting },
  act: () => Promise<T>,
): Promise<T> {
  const at = hostOf(url)
  for (let tries = 1; ; tries++) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'NODE_UNREACHABLE') throw error
      const isLast = tries >= (getting.silent.has(at) ? 1 : MOST_TRIES)
      if (isLast) getting.silent.add(at)
      if (isLast || msLeft(host, getting) < FIRST_PAUSE_MS) throw error
      await host.clock.sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + host.chance()), getting.signal)
      getting.signal.throwIfAborted()
    }
  }
}

const MOST_TRIES = 3
const FIRST_PAUSE_MS = 1000

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
