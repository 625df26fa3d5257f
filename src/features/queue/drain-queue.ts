import type { Clock } from '../../host/clock.ts'
import type { QueueLook } from './comfyui-queue.ts'
import { dropDone, type Taking, takeQueue } from './take-queue.ts'

/**
 * How a drain ended: nothing runs any more, or its time or patience was over, with everything kept or not, or with a ComfyUI
 * that never said what is in its queue.
 */
export type Drained = 'idle' | 'cut-off' | 'not-kept' | 'unanswered'

/** A drain: what it needs, and who is told what there is to wait for, and that it is not kept, with the error if any. */
export type Draining = Taking & {
  readonly clock: Clock
  readonly onWait: (look: QueueLook) => void
  readonly onNotKept: (error: unknown) => void
}

/** Between two looks whether something still runs, milliseconds. */
const LOOK_EVERY_MS = 250

/** A ComfyUI that takes long to say that it does not write out its queue is asked less often; milliseconds at most. */
const MOST_PAUSE_MS = 5000
const PAUSE_PER_MS = 4

/** `open`: there is something in the queue that is to be kept; `impossible`: the workspace takes no file. */
type State = {
  keeping: 'open' | 'kept' | 'impossible'
  where: 'before' | 'behind'
  readonly known: Set<string>
}

/**
 * Keeps what is in ComfyUI's queue and waits until the prompt that runs is through, until the signal; what is not answered is
 * asked again. From its beginning on everything is in the workspace, so that a kill at any time loses nothing; what was run to
 * its end is dropped there. Where the workspace takes no file, those that wait would be lost, and may run as well.
 */
export async function drainQueue(draining: Draining): Promise<Drained> {
  const { comfyui, clock, kept, signal } = draining
  const state: State = { keeping: 'open', where: 'before', known: new Set() }
  let isWaiting = false
  while (!signal.aborted) {
    const look = await comfyui.look(signal)
    if (signal.aborted) break
    if (look?.remaining === 0) {
      if (state.where === 'behind') await dropDone(draining, await kept.read(), state.known)
      return 'idle'
    }
    if (look !== undefined && !isWaiting) draining.onWait(look)
    isWaiting ||= look !== undefined
    const pauseMs = look === undefined ? LOOK_EVERY_MS : await keepMore(draining, state, look)
    await clock.sleep(pauseMs, signal)
  }
  if (!isWaiting) return 'unanswered'
  if (state.keeping === 'open') draining.onNotKept(undefined)
  return state.keeping === 'kept' ? 'cut-off' : 'not-kept'
}

// Keeps what is not kept yet; somebody may go on queueing. Resolves with the time to wait for the next look, milliseconds.
async function keepMore(draining: Draining, state: State, look: QueueLook): Promise<number> {
  const isMore = look.remaining > 1 || (look.running !== undefined && !state.known.has(look.running))
  if (state.keeping === 'kept' && isMore) state.keeping = 'open'
  if (state.keeping !== 'open') return LOOK_EVERY_MS
  const startMs = draining.clock.monotonicMs()
  try {
    const running = await takeQueue(draining, { running: { is: 'kept' }, where: state.where })
    if (running !== undefined) {
      for (const { id } of running) state.known.add(id)
      state.keeping = 'kept'
      state.where = 'behind'
      return LOOK_EVERY_MS
    }
  } catch (error) {
    draining.onNotKept(error)
    state.keeping = 'impossible'
    return LOOK_EVERY_MS
  }
  const tookMs = draining.clock.monotonicMs() - startMs
  return Math.min(MOST_PAUSE_MS, Math.max(LOOK_EVERY_MS, tookMs * PAUSE_PER_MS))
}
