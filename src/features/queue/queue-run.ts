import type { Tell } from '../../base/event.ts'
import type { Layout } from '../../base/layout.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import type { ComfyuiQueue, QueueLook } from './comfyui-queue.ts'
import { drainQueue } from './drain-queue.ts'
import type { KeptPrompts } from './kept-prompts.ts'
import { offerKept } from './offer-kept.ts'
import { spanText } from './span-text.ts'
import { takeQueue } from './take-queue.ts'
import { watchQueue } from './watch-queue.ts'

/** A ComfyUI that runs, and all that is done about its queue. */
export type Running = {
  readonly comfyui: ComfyuiQueue
  readonly kept: KeptPrompts
  readonly layout: Layout
  readonly settings: Pick<Settings, 'stallMs' | 'onStall' | 'drainMs'>
  readonly tell: Tell
  /** Process group of ComfyUI. */
  readonly group: number
  /** It runs without its nodes: what was kept waits for them. */
  readonly isSafe: boolean
  readonly isGpuBusy: () => boolean | undefined
  readonly restart: (why: string) => void
  readonly onLook: (look: QueueLook) => void
  /** It works no more, or works again, in words. */
  readonly onStalled: (text: string | undefined) => void
}

/** The queue of one run of ComfyUI. */
export type QueueRun = {
  /** Takes in a line of its output. */
  readonly hear: (line: Uint8Array) => void
  /** Keeps what waits and lets the running prompt finish, for so long as the settings say and nobody hurries. */
  readonly drain: (hurry: AbortSignal) => Promise<void>
  /** ComfyUI runs no more. */
  readonly end: () => void
}

/** Between two tries to queue what a ComfyUI did not take because it did not answer, milliseconds. */
const RETRY_MS = 5000

/** Follows a ComfyUI that runs: queues what was kept, and sees whether it works. */
export function followRun(host: Pick<Host, 'fs' | 'clock' | 'memory'>, running: Running): QueueRun {
  const { comfyui, settings, group, isGpuBusy, onLook, onStalled } = running
  const over = new AbortController()
  // Looking and offering end before a drain or a restart begins: two of them would take the same prompts.
  const calm = new AbortController()
  const signal = AbortSignal.any([over.signal, calm.signal])
  // A stop that is in a hurry ends also what a stall has begun.
  const hurried = new AbortController()
  const offered = offerAll(host, running, signal)
  const state: { stalled?: string; set?: Promise<void> } = {}
  // What waits in the queue of one that works no more is kept once, whoever comes first.
  const setAside = (why: string): Promise<void> => {
    calm.abort()
    const patient = AbortSignal.any([over.signal, hurried.signal])
    state.set ??= offered.then(() => keepAsideStalled(running, why, patient))
    return state.set
  }
  const onStall = (why: string) => {
    state.stalled = why
    onStalled(`ComfyUI answers, but ${why}`)
    const restarts = settings.onStall === 'restart'
    running.tell({ type: 'problem', problem: new Problem('COMFYUI_STALLED', { why, restarts }) })
    if (restarts) void setAside(why).then(() => (over.signal.aborted ? undefined : running.restart(why)))
  }
  const watch = watchQueue(host, {
    ...{ comfyui, group, stallMs: settings.stallMs, isGpuBusy, signal, onLook, onStall },
    onWork: () => {
      delete state.stalled
      onStalled(undefined)
    },
  })
  return {
    hear: watch.hear,
    drain: async (hurry) => {
      hurry.addEventListener('abort', () => hurried.abort())
      if (state.stalled !== undefined) return setAside(state.stalled)
      calm.abort()
      await offered
      await drainFor(host, running, AbortSignal.any([over.signal, hurry]))
    },
    end: () => over.abort(),
  }
}

async function offerAll(
  { clock, memory }: Pick<Host, 'clock' | 'memory'>,
  running: Running,
  signal: AbortSignal,
): Promise<void> {
  const { kept, layout, tell } = running
  try {
    while (!running.isSafe && !signal.aborted) {
      const offering = await offerKept({ ...running, clock, signal })
      if (offering.queued > 0) tell({ type: 'note', level: 'info', text: queuedText(offering.queued) })
      const reason = offering.refused[0]?.reason
      if (reason !== undefined) {
        const { queueFile: path, refusedFile: refused } = layout
        const count = offering.refused.length
        tell({ type: 'problem', problem: new Problem('PROMPTS_REFUSED', { count, reason, refused, path }) })
      }
      // A long list was in memory, which it left behind.
      if (offering.queued > 0) memory.rest()
      if (offering.isOver) return
      await clock.sleep(RETRY_MS, signal)
    }
    const waiting = running.isSafe ? (await kept.read()).length : 0
    if (waiting > 0) tell({ type: 'note', level: 'info', text: waitingText(waiting) })
  } catch (error) {
    const reason = systemCode(error) ?? 'EIO'
    tell({ type: 'problem', problem: new Problem('QUEUE_NOT_READ', { path: layout.queueFile, reason }) })
  }
}

function queuedText(count: number): string {
  return `${count === 1 ? 'One prompt that was' : `${count} prompts that were`} kept for this start ${count === 1 ? 'is' : 'are'} queued again.`
}

function waitingText(count: number): string {
  return `${count === 1 ? 'One kept prompt waits' : `${count} kept prompts wait`} for a start with all nodes.`
}

// The one that runs would stall the next ComfyUI as well; it is for a person to look at.
async function keepAsideStalled(running: Running, why: string, signal: AbortSignal): Promise<void> {
  try {
    const reason = `It ran when ComfyUI stalled: ${why}`
    const found = await takeQueue(
      { ...running, signal },
      { running: { is: 'laid-aside', reason }, where: 'before' },
    )
    if (found === undefined && !signal.aborted) tellNotKept(running, undefined)
  } catch (error) {
    tellNotKept(running, error)
  }
}

function tellNotKept({ tell, layout }: Running, error: unknown): void {
  const reason = error === undefined ? undefined : (systemCode(error) ?? 'EIO')
  tell({ type: 'problem', problem: new Problem('QUEUE_NOT_KEPT', { path: layout.queueFile, reason }) })
}

async function drainFor({ clock }: Pick<Host, 'clock'>, running: Running, hurry: AbortSignal): Promise<void> {
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

const DRAINED = {
  idle: 'No prompt runs any more.',
  'cut-off': 'The prompt that runs is cut off; it is kept for the next start.',
  unanswered: 'ComfyUI does not say what is in its queue: nothing of it is kept.',
} as const
