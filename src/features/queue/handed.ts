import type { Clock } from '../../host/clock.ts'
import type { QueueLook } from './comfyui-queue.ts'
import type { Taking } from './take-queue.ts'

/**
 * The kept prompts that one run of ComfyUI has in its queue again. They stay in the workspace until they are over, so that a
 * crash of ComfyUI loses none.
 */
export type Handed = {
  readonly has: (id: string) => boolean
  readonly add: (id: string) => void
  /** The prompt that is being offered right now, if any. */
  readonly offers: (id: string | undefined) => void
  /** How often ComfyUI, which answered otherwise, has left open whether it has this prompt; this time included. */
  readonly leftOpen: (id: string) => number
  readonly see: (look: QueueLook) => void
  /** A prompt came to its end. */
  readonly hearDone: () => void
  /** Whether something may be over, and the last time that was asked is long enough ago. */
  readonly isDue: () => boolean
  /** Drops what is over from the workspace. Throws the system's error when the workspace does not let it. */
  readonly settle: (signal: AbortSignal) => Promise<void>
  /** The prompt that ComfyUI had most likely begun with when it died just now. */
  readonly blamed: () => string | undefined
}

/** Between two times that ComfyUI is asked what is over, milliseconds; a long list, slow to write, is written less often. */
const SETTLE_EVERY_MS = 5000
const PAUSE_PER_MS = 20

/** Nothing is in ComfyUI's hands yet. */
export function handedPrompts(taking: Omit<Taking, 'signal'>, clock: Clock): Handed {
  const ids = new Set<string>()
  const open = new Map<string, number>()
  let offered: string | undefined
  let seen: QueueLook | undefined
  let done = 0
  let dueMs = 0
  return {
    has: (id) => ids.has(id),
    add: (id) => ids.add(id),
    offers: (id) => {
      offered = id
    },
    leftOpen: (id) => {
      const times = (open.get(id) ?? 0) + 1
      open.set(id, times)
      return times
    },
    see: (look) => {
      seen = look
      done = 0
    },
    hearDone: () => {
      done++
    },
    isDue: () => ids.size > 0 && (seen?.remaining === 0 || clock.monotonicMs() >= dueMs),
    settle: async (signal) => {
      const startMs = clock.monotonicMs()
      dueMs = Number.POSITIVE_INFINITY
      try {
        const over = await overOf({ ...taking, signal }, [...ids], seen?.running)
        if (over.size > 0) await taking.kept.drop(over)
        for (const id of over) ids.delete(id)
      } finally {
        const endMs = clock.monotonicMs()
        dueMs = endMs + Math.max(SETTLE_EVERY_MS, (endMs - startMs) * PAUSE_PER_MS)
      }
    },
    blamed: () => {
      if (offered !== undefined) return offered
      const list = [...ids]
      const at = seen?.running === undefined ? 0 : list.indexOf(seen.running)
      // They run in their order: each that came to its end since it was looked at makes it the next one.
      return at === -1 ? undefined : list[at + done]
    },
  }
}

// Those that ran to their end; with an empty queue also those that somebody took out of it.
async function overOf(
  { comfyui, signal }: Taking,
  ids: readonly string[],
  running: string | undefined,
): Promise<ReadonlySet<string>> {
  const over = new Set<string>()
  const begun = running === undefined ? -1 : ids.indexOf(running)
  for (const [at, id] of ids.entries()) {
    if (at === begun) break
    if ((await comfyui.isDone(id, signal)) === true) over.add(id)
    else if (at > begun) break
  }
  if (over.size === ids.length) return over
  // Asked after the list was made: what was queued since is not in it.
  return (await comfyui.look(signal))?.remaining === 0 ? new Set(ids) : over
}
