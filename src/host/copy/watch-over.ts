import { type Control, total, want, wanted } from './control.ts'
import type { Order } from './crew.ts'

/** How often progress is told. */
const PROGRESS_MS = 100

/**
 * Passes on to a crew, while it works, what comes from outside: TSTP pauses it and CONT lets it go on, an abort fails it. Tells
 * progress, for the first time as soon as there is some. Gives the function that ends this, with a last word on progress.
 */
export function watchOver(
  control: Control,
  { signal, onProgress }: Pick<Order, 'signal' | 'onProgress'>,
  fail: (reason: unknown) => void,
): () => void {
  const tell = () => {
    const { files, bytes } = total(control)
    onProgress?.({ files, bytes, paused: wanted(control) === 'pause' })
  }
  const guarded = () => {
    try {
      tell()
    } catch (error) {
      fail(error)
    }
  }
  const pause = () => {
    if (wanted(control) === 'go') want(control, 'pause')
    guarded()
  }
  const goOn = () => {
    if (wanted(control) === 'pause') want(control, 'go')
  }
  const abort = () => fail(signal?.reason)
  const timer = onProgress && setInterval(guarded, PROGRESS_MS)
  process.on('SIGTSTP', pause)
  process.on('SIGCONT', goOn)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  return () => {
    clearInterval(timer)
    process.off('SIGTSTP', pause)
    process.off('SIGCONT', goOn)
    signal?.removeEventListener('abort', abort)
  }
}
