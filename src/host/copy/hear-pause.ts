import { setImmediate } from 'node:timers/promises'
import type { Tally } from './control.ts'
import type { Order } from './crew.ts'

/** Hears TSTP and CONT for a thread that works itself and cannot be paused in the middle of it. */
export type Pause = {
  /** Resolves when nobody wants a pause, and tells progress of one; rejects with the signal's reason. */
  readonly isOver: (order: Pick<Order, 'signal' | 'onProgress'>, done: Tally) => Promise<void>
  readonly end: () => void
}

/** How often progress is told in a pause, which also keeps the program alive. */
const PROGRESS_MS = 100

/** Begins to hear them: from now on a TSTP does not stop the process. */
export function hearPause(): Pause {
  let isPaused = false
  let goOn = () => {}
  const onPause = () => {
    isPaused = true
  }
  const onGoOn = () => {
    isPaused = false
    goOn()
  }
  process.on('SIGTSTP', onPause)
  process.on('SIGCONT', onGoOn)
  return {
    async isOver({ signal, onProgress }, { files, bytes }) {
      await allHeard()
      if (!isPaused) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      goOn = resolve
      const tell = guarded(() => onProgress?.({ files, bytes, paused: isPaused }), reject)
      const abort = () => reject(signal?.reason)
      const timer = setInterval(tell, PROGRESS_MS)
      signal?.addEventListener('abort', abort)
      if (signal?.aborted) abort()
      tell()
      await promise.finally(() => {
        clearInterval(timer)
        signal?.removeEventListener('abort', abort)
      })
      onProgress?.({ files, bytes, paused: false })
    },
    end: () => {
      process.off('SIGTSTP', onPause)
      process.off('SIGCONT', onGoOn)
    },
  }
}

// A signal that came while this thread worked is heard when the event loop has come round once.
async function allHeard(): Promise<void> {
  await setImmediate()
  await setImmediate()
}

function guarded(act: () => void, fail: (error: unknown) => void): () => void {
  return () => {
    try {
      act()
    } catch (error) {
      fail(error)
    }
  }
}
