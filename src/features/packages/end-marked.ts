import type { Host } from '../../host/host.ts'
import { SCRIPT_MARK } from './script-env.ts'

/** Looks that find nobody before it is believed: a process may be between two of its forks. */
const LOOKS = 2
const LOOK_MS = 20
const MOST_LOOKS = 100

/** Kills a script's group, and whoever has its mark and left that group. Resolves when nobody of them is left. */
export async function endMarked(
  host: Pick<Host, 'fs' | 'signals' | 'clock' | 'self'>,
  group: number,
  mark: string,
): Promise<void> {
  host.signals.send(-group, 'SIGKILL')
  for (let looks = 0, empty = 0; empty < LOOKS && looks < MOST_LOOKS; looks++) {
    const found = await marked(host, mark)
    for (const pid of found) host.signals.send(pid, 'SIGKILL')
    empty = found.length === 0 ? empty + 1 : 0
    if (found.length > 0) await host.clock.sleep(LOOK_MS)
  }
}

async function marked({ fs, self }: Pick<Host, 'fs' | 'self'>, mark: string): Promise<readonly number[]> {
  const names = (await fs.list('/proc').catch(() => undefined)) ?? []
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    // Another user's cannot be read, and one that ends is gone: neither is ours to end. A zombie's is empty.
    pids.map(async (pid) => (await fs.readText(`/proc/${pid}/environ`).catch(() => undefined)) ?? ''),
  )
  return pids.filter(
    (pid, at) => pid !== self.pid && found[at]?.split('\0').includes(`${SCRIPT_MARK}=${mark}`),
  )
}
