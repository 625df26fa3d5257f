import type { ComfyuiQueue } from './comfyui-queue.ts'
import type { KeptPrompts } from './kept-prompts.ts'
import type { QueuedPrompt } from './queued-prompt.ts'

/** What is needed to move prompts between ComfyUI's queue and the workspace. */
export type Taking = {
  readonly comfyui: ComfyuiQueue
  readonly kept: KeptPrompts
  readonly signal: AbortSignal
}

/** What becomes of the prompt that runs: kept in case that it is cut off, laid aside for a reason, or left as it is. */
export type RunningOne =
  | { readonly is: 'kept' }
  | { readonly is: 'left' }
  | { readonly is: 'laid-aside'; readonly reason: string }

/**
 * Keeps ComfyUI's whole queue in the workspace, then takes out of it what waits; resolves with what runs, or undefined where
 * ComfyUI does not say, or more than can be kept. In this order: a crash in between leaves prompts in both, and ComfyUI's own
 * queue ends with it. Throws the system's error when the workspace takes no file; the queue is left as it is then.
 */
export async function takeQueue(
  { comfyui, kept, signal }: Taking,
  { running, where }: { readonly running: RunningOne; readonly where: 'before' | 'behind' },
): Promise<readonly QueuedPrompt[] | undefined> {
  const queue = await comfyui.all(signal)
  if (queue === undefined) return undefined
  if (running.is === 'laid-aside')
    await kept.layAside(queue.running.map((prompt) => ({ prompt, reason: running.reason })))
  await kept.add([...(running.is === 'kept' ? queue.running : []), ...queue.pending], where)
  await comfyui.remove(
    queue.pending.map(({ id }) => id),
    signal,
  )
  // It may have been kept for an earlier run of ComfyUI.
  if (running.is === 'laid-aside') await kept.drop(new Set(queue.running.map(({ id }) => id)))
  return queue.running
}

/**
 * Drops kept prompts that ComfyUI has run to their end by now: those that were seen to run, and the first ones, up to one that
 * it has not. It runs them in their order, and may have begun with the next at any time.
 */
export async function dropDone(
  { comfyui, kept, signal }: Taking,
  prompts: readonly QueuedPrompt[],
  seen: ReadonlySet<string>,
): Promise<void> {
  const done = new Set<string>()
  let isBegun = true
  for (const { id } of prompts) {
    if (!isBegun && !seen.has(id)) continue
    if ((await comfyui.isDone(id, signal)) === true) done.add(id)
    else if (!seen.has(id)) isBegun = false
  }
  if (done.size > 0) await kept.drop(done)
}
