import type { Clock } from '../../host/clock.ts'
import type { Refused } from './kept-prompts.ts'
import type { QueuedPrompt } from './queued-prompt.ts'
import { dropDone, type Taking } from './take-queue.ts'

/** What came of offering: how many were queued, which were not taken, and whether some are left for another time. */
export type Offering = {
  readonly queued: number
  readonly refused: readonly Refused[]
  readonly isOver: boolean
}

/** While prompts are being queued, those that are done by then are dropped this often, milliseconds. */
const DROP_EVERY_MS = 1000

/**
 * Queues the kept prompts again, in their order, and drops them from the workspace when ComfyUI has them all; one that is done
 * before is dropped then. So an end of ComfyUI in the middle loses none and has at most the last ones run twice. What it has
 * already, by its id, is not queued again. Stops where ComfyUI does not answer: it may have that prompt or not.
 */
export async function offerKept(taking: Taking & { readonly clock: Clock }): Promise<Offering> {
  const { comfyui, kept, clock, signal } = taking
  const prompts = await kept.read()
  if (prompts.length === 0) return { queued: 0, refused: [], isOver: true }
  const queue = await comfyui.all(signal)
  const there = new Set([...(queue?.running ?? []), ...(queue?.pending ?? [])].map(({ id }) => id))
  const refused: Refused[] = []
  const queued: QueuedPrompt[] = []
  let droppedMs = clock.monotonicMs()
  for (const prompt of queue === undefined ? [] : prompts) {
    const offered = await offer(taking, prompt, there)
    if (offered.outcome === 'unknown' || signal.aborted) break
    if (offered.outcome === 'queued') queued.push(prompt)
    else {
      refused.push({ prompt, reason: offered.reason })
      await kept.layAside(refused.slice(-1))
    }
    if (clock.monotonicMs() - droppedMs < DROP_EVERY_MS) continue
    await dropDone(taking, queued, new Set())
    droppedMs = clock.monotonicMs()
  }
  const over = [...queued, ...refused.map(({ prompt }) => prompt)]
  if (!signal.aborted) await kept.drop(new Set(over.map(({ id }) => id)))
  return { queued: queued.length, refused, isOver: over.length === prompts.length }
}

async function offer({ comfyui, signal }: Taking, prompt: QueuedPrompt, there: ReadonlySet<string>) {
  if (there.has(prompt.id)) return { outcome: 'queued' } as const
  const isDone = await comfyui.isDone(prompt.id, signal)
  if (isDone === undefined) return { outcome: 'unknown' } as const
  return isDone ? ({ outcome: 'queued' } as const) : comfyui.offer(prompt, signal)
}
