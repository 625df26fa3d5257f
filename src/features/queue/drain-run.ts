import type { Host } from '../../host/host.ts'
import type { QueueLook } from './comfyui-queue.ts'
import { type Drained, drainQueue } from './drain-queue.ts'
import { type Running, tellNotKept } from './running.ts'
import { spanText } from './span-text.ts'

/** Drains the queue for as long as the settings say and nobody hurries, and says what it waits for and how it ended. Never throws. */
export async function drainRun(
  { clock }: Pick<Host, 'clock'>,
  running: Running,
  hurry: AbortSignal,
): Promise<void> {
  const { tell, settings } = running
  const late = new AbortController()
  const cancel = clock.after(settings.drainMs, () => late.abort())
  let waits = false
  const onWait = (look: QueueLook) => {
    waits = true
    tell({ type: 'condition', condition: 'draining', text: drainingText(look, settings.drainMs) })
  }
  try {
    const signal = AbortSignal.any([hurry, late.signal])
    const onNotKept = (error: unknown) => tellNotKept(running, error)
    const drained = await drainQueue({ ...running, clock, signal, onWait, onNotKept })
    if (waits || drained === 'unanswered') tell({ type: 'note', level: 'info', text: DRAINED[drained] })
  } catch (error) {
    tellNotKept(running, error)
  } finally {
    cancel()
  }
}

function drainingText({ running, remaining }: QueueLook, drainMs: number): string {
  const runs = `One prompt runs and has up to ${spanText(drainMs)} to finish`
  const waiting = remaining - (running === undefined ? 0 : 1)
  const waits = `${waiting === 1 ? 'one waits and is' : `${waiting} wait and are`} kept for the next start`
  if (waiting === 0) return `${runs}.`
  return running === undefined ? `Of the prompts, ${waits}.` : `${runs}; ${waits}.`
}

const DRAINED: Readonly<Record<Drained, string>> = {
  idle: 'No prompt runs any more.',
  'cut-off': 'The prompt that runs is cut off; it is kept for the next start.',
  'not-kept': 'The prompt that runs is cut off, and not all that was in the queue is kept.',
  unanswered: 'ComfyUI does not say what is in its queue: nothing of it is kept.',
}
