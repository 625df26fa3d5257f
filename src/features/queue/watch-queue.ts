import type { Host } from '../../host/host.ts'
import type { ComfyuiQueue, QueueLook } from './comfyui-queue.ts'
import { effortOf } from './effort.ts'
import { wordIn } from './line-word.ts'
import { type Quiet, quietAfter, silenceAfter, stallOf } from './stall.ts'
import { waitsForOthers } from './waits-for-others.ts'

/** Whom to watch, and who is told. */
export type Watching = {
  readonly comfyui: ComfyuiQueue
  /** Process group of the ComfyUI that runs. */
  readonly group: number
  /** 0: whether it still works is not looked at. */
  readonly stallMs: number
  readonly isGpuBusy: () => boolean | undefined
  /** Aborted when this ComfyUI runs no more. */
  readonly signal: AbortSignal
  readonly onLook: (look: QueueLook) => void
  /** A prompt came to its end. */
  readonly onDone: () => void
  /** It works or answers no more, with why; called once, and again only after `onWork`. */
  readonly onStall: (why: string) => void
  /** It works after all. */
  readonly onWork: () => void
}

/** A ComfyUI that is being watched. */
export type QueueWatch = {
  /** Takes in a line of its output. */
  readonly hear: (line: Uint8Array) => void
  /** Resolves when nothing is looked at any more. */
  readonly ended: Promise<void>
}

/** Between two looks, milliseconds. */
const LOOK_EVERY_MS = 5000

/** After a line that says that the queue has changed, until it is looked at, milliseconds. */
const SOON_MS = 300

/** Looks at the queue of a running ComfyUI until the signal, and says when it works no more. */
export function watchQueue(host: Pick<Host, 'fs' | 'clock'>, watching: Watching): QueueWatch {
  const heard: Heard = { lines: 0, hasDied: false, wake: new AbortController() }
  return {
    hear: (line) => {
      const word = wordIn(line)
      if (word !== 'queued') heard.lines++
      if (word === 'worker-died') heard.hasDied = true
      if (word === 'done') watching.onDone()
      if (word !== 'other') heard.wake.abort()
    },
    ended: watch(host, watching, heard),
  }
}

/** What was heard; the wake-up ends a pause. */
type Heard = { lines: number; hasDied: boolean; wake: AbortController }

async function watch(
  { fs, clock }: Pick<Host, 'fs' | 'clock'>,
  watching: Watching,
  heard: Heard,
): Promise<void> {
  const { comfyui, group, stallMs, signal } = watching
  let quiet: Quiet | undefined
  let silence: Quiet | undefined
  let isStalled = false
  while (!signal.aborted) {
    const queue = await comfyui.look(signal)
    if (signal.aborted) return
    if (queue !== undefined) watching.onLook(queue)
    const isToDo = ((queue ?? quiet?.queue)?.remaining ?? 0) > 0
    const isJudged = isToDo || queue === undefined
    const effort = isJudged && stallMs > 0 ? await effortOf(fs, group) : undefined
    const sample = { queue, effort, lines: heard.lines, isGpuBusy: watching.isGpuBusy() }
    const atMs = clock.monotonicMs()
    quiet = quietAfter(quiet, { ...sample, atMs }, stallMs)
    silence = silenceAfter(silence, { ...sample, atMs }, stallMs)
    const isLong = stallMs > 0 && Math.max(quiet?.forMs ?? 0, silence?.forMs ?? 0) >= stallMs
    const isPatient = isLong && (await waitsForOthers(fs, group))
    // Nobody works again whose thread is dead, whether HTTP answers each time or not.
    const hasDied = heard.hasDied && (queue !== undefined || isStalled)
    const why = stallOf({ quiet, silence, stallMs, hasDied, isPatient })
    if (signal.aborted) return
    if (why !== undefined && !isStalled) watching.onStall(why)
    if (why === undefined && isStalled) watching.onWork()
    isStalled = why !== undefined
    await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([signal, heard.wake.signal]))
    if (heard.wake.signal.aborted) await clock.sleep(SOON_MS, signal)
    heard.wake = new AbortController()
  }
}
