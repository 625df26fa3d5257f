import type { Offered } from './comfyui-queue.ts'
import type { Handed } from './handed.ts'
import type { Refused } from './kept-prompts.ts'
import type { QueuedPrompt } from './queued-prompt.ts'
import type { Taking } from './take-queue.ts'

/** What came of offering: how many were queued, which were not taken, and whether none is left for another time. */
export type Offering = {
  readonly queued: number
  readonly refused: readonly Refused[]
  readonly isOver: boolean
}

/** A prompt of which ComfyUI so often does not say whether it has it holds up no other any more. */
const MOST_OPEN = 3

/**
 * Queues the kept prompts again, in their order. They stay in the workspace until they are over (`Handed.settle`), so that an
 * end of ComfyUI loses none; those that are over or refused are dropped here. What it has or had already, by its id, is not
 * queued again. Stops at a prompt of which ComfyUI does not say whether it has it, and passes it by after some times.
 */
export async function offerKept(taking: Taking & { readonly handed: Handed }): Promise<Offering> {
  const { comfyui, kept, handed, signal } = taking
  const prompts = (await kept.read()).filter(({ id }) => !handed.has(id))
  if (prompts.length === 0) return { queued: 0, refused: [], isOver: true }
  const queue = await comfyui.all(signal)
  const there = new Set([...(queue?.running ?? []), ...(queue?.pending ?? [])].map(({ id }) => id))
  const refused: Refused[] = []
  const over = new Set<string>()
  let queued = 0
  let open = queue === undefined ? prompts.length : 0
  for (const prompt of queue === undefined ? [] : prompts) {
    const { id } = prompt
    const offered = await offer(taking, prompt, there)
    if (offered.outcome === 'queued') queued++
    if (offered.outcome === 'queued' || offered.outcome === 'there') handed.add(id)
    if (offered.outcome === 'done' || offered.outcome === 'refused') over.add(id)
    if (offered.outcome === 'refused') {
      refused.push({ prompt, reason: offered.reason })
      await kept.layAside(refused.slice(-1))
    }
    if (offered.outcome === 'unknown') {
      open++
      if (!(await isPassedBy(taking, id))) break
    }
    if (signal.aborted) break
  }
  if (over.size > 0) await kept.drop(over)
  return { queued, refused, isOver: open === 0 && !signal.aborted }
}

type Outcome = Offered | { readonly outcome: 'there' } | { readonly outcome: 'done' }

async function offer(
  { comfyui, handed, signal }: Taking & { readonly handed: Handed },
  prompt: QueuedPrompt,
  there: ReadonlySet<string>,
): Promise<Outcome> {
  if (there.has(prompt.id)) return { outcome: 'there' }
  const isDone = await comfyui.isDone(prompt.id, signal)
  if (isDone === true) return { outcome: 'done' }
  if (isDone === undefined) return { outcome: 'unknown' }
  handed.offers(prompt.id)
  const offered = await comfyui.offer(prompt, signal)
  // One that was not answered may have been the end of ComfyUI: it is told apart when that is known.
  if (offered.outcome !== 'unknown' || (await comfyui.look(signal)) !== undefined) handed.offers(undefined)
  return offered
}

async function isPassedBy(
  { comfyui, handed, signal }: Taking & { readonly handed: Handed },
  id: string,
): Promise<boolean> {
  if ((await comfyui.look(signal)) === undefined) return false
  return handed.leftOpen(id) >= MOST_OPEN
}
