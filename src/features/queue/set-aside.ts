import type { Host } from '../../host/host.ts'
import { type Running, tellNotKept } from './running.ts'
import { type RunningOne, takeQueue } from './take-queue.ts'

/** Keeps what waits in the queue of a ComfyUI that stalled. What ran would stall the next one as well, and is for a person to look at. */
export function setAsideStalled(running: Running, why: string, signal: AbortSignal): Promise<void> {
  return setAside(running, { is: 'laid-aside', reason: `It ran when ComfyUI stalled: ${why}` }, signal)
}

/** Longest wait of somebody who asked for a restart, milliseconds. */
const KEEP_MS = 2000

/** Keeps what waits in the queue of a ComfyUI that is about to be stopped; over in 2 s. */
export async function keepWaiting(
  { clock }: Pick<Host, 'clock'>,
  running: Running,
  { over, after }: { readonly over: AbortSignal; readonly after: Promise<void> },
): Promise<void> {
  const late = new AbortController()
  let cancel = () => {}
  const isLate = new Promise<void>((resolve) => {
    cancel = clock.after(KEEP_MS, () => {
      late.abort()
      resolve()
    })
  })
  const signal = AbortSignal.any([over, late.signal])
  const kept = after.then(() => setAside(running, { is: 'left' }, signal))
  await Promise.race([kept, isLate])
  cancel()
  if (late.signal.aborted && !over.aborted) tellNotKept(running, undefined)
}

async function setAside(running: Running, one: RunningOne, signal: AbortSignal): Promise<void> {
  try {
    const found = await takeQueue({ ...running, signal }, { running: one, where: 'before' })
    if (found === undefined && !signal.aborted) tellNotKept(running, undefined)
  } catch (error) {
    tellNotKept(running, error)
  }
}
