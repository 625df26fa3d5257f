import type { QueueLook } from './comfyui-queue.ts'
import type { Effort } from './effort.ts'
import { spanText } from './span-text.ts'

/** One look at a running ComfyUI; counts are what has come together since it was started. */
export type Sample = {
  readonly atMs: number
  /** Undefined where ComfyUI did not answer. */
  readonly queue: QueueLook | undefined
  /** Lines of output that say more than that a prompt was queued. */
  readonly lines: number
  /** What all its processes have done; undefined where that cannot be read. */
  readonly effort: Effort | undefined
  /** Undefined where nobody measures it. */
  readonly isGpuBusy: boolean | undefined
}

/** A time in which prompts were in the queue and nothing was done about them: so long, since the sample `from`. */
export type Quiet = {
  readonly forMs: number
  readonly from: Sample
  readonly last: Sample
  readonly queue: QueueLook
}

/** Less of a core than this, taken together over the whole time, is what an idle ComfyUI needs to answer. */
const IDLE_SHARE = 0.01

/** Page faults and bytes between two looks that only somebody causes who loads something. */
const FEW_FAULTS = 50
const FEW_BYTES = 1024 * 1024

/** A gap between two looks counts for no more than this: a machine that was paused has not been quiet, milliseconds. */
const MOST_GAP_MS = 15_000

/**
 * How long there has been no sign of work, with one more look; undefined when nothing is to be done. A look that was not
 * answered proves nothing: the queue is taken to be what it was. Pure.
 */
export function quietAfter(before: Quiet | undefined, sample: Sample, stallMs: number): Quiet | undefined {
  const queue = sample.queue ?? before?.queue
  if (queue === undefined || queue.remaining === 0) return undefined
  if (before === undefined || hasWorked(before, { ...sample, queue }, stallMs))
    return { forMs: 0, from: sample, last: sample, queue }
  const gapMs = Math.min(sample.atMs - before.last.atMs, MOST_GAP_MS)
  return { forMs: before.forMs + gapMs, from: before.from, last: sample, queue }
}

/**
 * How long ComfyUI has neither answered nor shown a sign of work, with one more look, whatever its queue held; undefined
 * when it answers. Pure.
 */
export function silenceAfter(before: Quiet | undefined, sample: Sample, stallMs: number): Quiet | undefined {
  return sample.queue === undefined ? quietAfter(before, { ...sample, queue: UNKNOWN }, stallMs) : undefined
}

const UNKNOWN: QueueLook = { running: undefined, remaining: 1 }

function hasWorked(
  { from, last, queue }: Quiet,
  now: Sample & { queue: QueueLook },
  stallMs: number,
): boolean {
  // More prompts in the queue are somebody else's work.
  if (now.queue.running !== queue.running || now.queue.remaining < queue.remaining) return true
  if (now.lines !== last.lines || now.isGpuBusy === true) return true
  // Where it cannot be seen, nobody is accused.
  if (now.effort === undefined || last.effort === undefined || from.effort === undefined) return true
  if (now.effort.cpuMs - from.effort.cpuMs >= stallMs * IDLE_SHARE) return true
  return (
    now.effort.faults - last.effort.faults >= FEW_FAULTS || now.effort.bytes - last.effort.bytes >= FEW_BYTES
  )
}

/** What is judged; `hasDied`: the thread that works on the queue has, and HTTP answers; `isPatient`: it waits for others. */
export type Judged = {
  readonly quiet: Quiet | undefined
  readonly silence?: Quiet | undefined
  readonly stallMs: number
  readonly hasDied: boolean
  readonly isPatient: boolean
}

/** Who waits for another machine is given this many times as long. */
const PATIENCE = 6

/** Why ComfyUI is stalled, in words, or undefined where it is not; with a stallMs of 0 it never is. Pure. */
export function stallOf({ quiet, silence, stallMs, hasDied, isPatient }: Judged): string | undefined {
  if (stallMs === 0) return undefined
  if (hasDied) return 'the thread that works on its queue has died'
  const limitMs = stallMs * (isPatient ? PATIENCE : 1)
  if (silence !== undefined && silence.forMs >= limitMs) return 'it answers no more'
  if (quiet === undefined || quiet.forMs < limitMs) return undefined
  const { running } = quiet.queue
  return `${running === undefined ? 'its queue' : `prompt ${running}`} has shown no sign of work for ${spanText(quiet.forMs)}`
}
