import { Problem } from '../../base/problem.ts'
import type { Host } from '../../host/host.ts'
import type { Handed } from './handed.ts'
import { offerKept } from './offer-kept.ts'
import { type Running, tellNotRead } from './running.ts'

/** Between two tries to queue what a ComfyUI did not take because it did not answer, milliseconds. */
const RETRY_MS = 5000

/** Queues all that was kept again, until ComfyUI has it or the signal; in safe mode it only says that it waits. Never throws. */
export async function offerAll(
  { clock, memory }: Pick<Host, 'clock' | 'memory'>,
  running: Running,
  { handed, signal }: { readonly handed: Handed; readonly signal: AbortSignal },
): Promise<void> {
  const { kept, layout, tell } = running
  try {
    while (!running.isSafe && !signal.aborted) {
      const offering = await offerKept({ ...running, handed, signal })
      if (offering.queued > 0) tell({ type: 'note', level: 'info', text: queuedText(offering.queued) })
      const reason = offering.refused[0]?.reason
      if (reason !== undefined) {
        const { queueFile: path, refusedFile: refused } = layout
        const count = offering.refused.length
        tell({ type: 'problem', problem: new Problem('PROMPTS_REFUSED', { count, reason, refused, path }) })
      }
      // A long list was in memory, which it left behind.
      if (offering.queued > 0) memory.rest()
      if (offering.isOver) return
      await clock.sleep(RETRY_MS, signal)
    }
    const waiting = running.isSafe ? (await kept.read()).length : 0
    if (waiting > 0) tell({ type: 'note', level: 'info', text: waitingText(waiting) })
  } catch (error) {
    tellNotRead(running, error)
  }
}

function queuedText(count: number): string {
  return `${count === 1 ? 'One prompt that was' : `${count} prompts that were`} kept for this start ${count === 1 ? 'is' : 'are'} queued again.`
}

function waitingText(count: number): string {
  return `${count === 1 ? 'One kept prompt waits' : `${count} kept prompts wait`} for a start with all nodes.`
}
