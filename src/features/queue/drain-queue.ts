import type { Clock } from '../../host/clock.ts'
import type { QueueLook } from './comfyui-queue.ts'
import { dropDone, type Taking, takeQueue } from './take-queue.ts'

/** How a drain ended: nothing of what ran runs any more, its time or patience was over, or ComfyUI says nothing. */
export type Drained = 'idle' | 'cut-off' | 'unanswered'

/** A drain: what it needs, and who is told what there is to wait for, and that it cannot be kept, with the error if any. */
export type Draining = Taking & {
  readonly clock: Clock
  readonly onWait: (look: QueueLook) => void
  readonly onNotKept: (error: unknown) => void
}

/** Between two looks whether something still runs, milliseconds. */
const LOOK_EVERY_MS = 250

/**
 * Keeps what is in ComfyUI's queue and waits until the prompt that runs is through, until the signal. From its beginning on
 * everything is in the workspace, so that a kill at any time loses nothing; what was run to its end is dropped there. Where
 * the workspace takes no file, only the prompt that runs is waited for.
 */
export async function drainQueue(draining: Draining): Promise<Drained> {
  const { comfyui, clock, kept, signal } = draining
  const first = await comfyui.look(signal)
  if (first === undefined) return signal.aborted ? 'cut-off' : 'unanswered'
  if (first.remaining === 0) return 'idle'
  draining.onWait(first)
  const known = new Set(first.running === undefined ? [] : [first.running])
  let canKeep = await take(draining, known, 'before')
  for (;;) {
    const look = await comfyui.look(signal)
    if (signal.aborted) return 'cut-off'
    if (look !== undefined && isOver(look, known, canKeep)) {
      if (canKeep) await dropDone(draining, await kept.read(), known)
      return 'idle'
    }
    // Somebody went on queueing: that is kept as well.
    if (look !== undefined && (look.remaining > 1 || isNew(look, known)))
      canKeep &&= await take(draining, known, 'behind')
    await clock.sleep(LOOK_EVERY_MS, signal)
  }
}

async function take(draining: Draining, known: Set<string>, where: 'before' | 'behind'): Promise<boolean> {
  try {
    const running = await takeQueue(draining, { running: { is: 'kept' }, where })
    for (const { id } of running ?? []) known.add(id)
    if (running === undefined && !draining.signal.aborted) draining.onNotKept(undefined)
    return running !== undefined
  } catch (error) {
    draining.onNotKept(error)
    return false
  }
}

function isOver(look: QueueLook, known: ReadonlySet<string>, canKeep: boolean): boolean {
  return look.remaining === 0 || (!canKeep && isNew(look, known))
}

function isNew({ running }: QueueLook, known: ReadonlySet<string>): boolean {
  return running !== undefined && !known.has(running)
}
