import { Problem } from '../../base/problem.ts'
import type { Host } from '../../host/host.ts'
import type { QueueLook } from './comfyui-queue.ts'
import { drainRun } from './drain-run.ts'
import { type Handed, handedPrompts } from './handed.ts'
import { offerAll } from './offer-all.ts'
import { type Running, tellNotRead } from './running.ts'
import { keepWaiting, setAsideStalled } from './set-aside.ts'
import { watchQueue } from './watch-queue.ts'

/** The queue of one run of ComfyUI. */
export type QueueRun = {
  /** Takes in a line of its output. */
  readonly hear: (line: Uint8Array) => void
  /** Keeps what waits and lets the running prompt finish, for so long as the settings say and nobody hurries. */
  readonly drain: (hurry: AbortSignal) => Promise<void>
  /** Takes what waits out of the queue and keeps it; over in 2 s. */
  readonly keep: () => Promise<void>
  /** ComfyUI runs no more. */
  readonly end: () => void
  /** It had ended and nobody had asked it to: what it worked on is written down. */
  readonly died: () => void
}

/** Longest wait, at a stop without a drain, for what is over to be dropped, milliseconds. */
const LAST_SETTLE_MS = 1000

/** Follows a ComfyUI that runs: queues what was kept, and sees whether it works. */
export function followRun(host: Pick<Host, 'fs' | 'clock' | 'memory'>, running: Running): QueueRun {
  const { comfyui, settings, group, isGpuBusy, onStalled } = running
  const over = new AbortController()
  const calm = new AbortController()
  const signal = AbortSignal.any([over.signal, calm.signal])
  const handed = handedPrompts(running, host.clock)
  const offered = offerAll(host, running, { handed, signal })
  const run: Run = { host, running, over, calm, hurried: new AbortController(), handed, offered }
  const onStall = (why: string) => {
    run.stalled = why
    onStalled(`ComfyUI works no more: ${why}`)
    const restarts = settings.onStall === 'restart'
    running.tell({ type: 'problem', problem: new Problem('COMFYUI_STALLED', { why, restarts }) })
    if (restarts) void setAside(run, why).then(() => (over.signal.aborted ? undefined : running.restart(why)))
  }
  const onLook = (look: QueueLook) => {
    running.onLook(look)
    handed.see(look)
    if (handed.isDue()) void settle(running, handed, signal)
  }
  const watch = watchQueue(host, {
    ...{ comfyui, group, stallMs: settings.stallMs, isGpuBusy, signal, onLook, onStall },
    onDone: handed.hearDone,
    onWork: () => {
      delete run.stalled
      onStalled(undefined)
    },
  })
  return {
    hear: watch.hear,
    drain: (hurry) => drain(run, hurry),
    keep: () => keep(run),
    end: () => over.abort(),
    died: () => {
      over.abort()
      void blame(running, handed)
    },
  }
}

type Run = {
  readonly host: Pick<Host, 'clock'>
  readonly running: Running
  readonly over: AbortController
  /** Looking and offering end before a drain or a restart begins: two of them would take the same prompts. */
  readonly calm: AbortController
  /** A stop that is in a hurry ends also what a stall has begun. */
  readonly hurried: AbortController
  readonly handed: Handed
  readonly offered: Promise<void>
  stalled?: string
  set?: Promise<void>
}

// What waits in the queue of one that works no more is kept once, whoever comes first.
function setAside(run: Run, why: string): Promise<void> {
  run.calm.abort()
  const patient = AbortSignal.any([run.over.signal, run.hurried.signal])
  run.set ??= run.offered.then(() => setAsideStalled(run.running, why, patient))
  return run.set
}

async function drain(run: Run, hurry: AbortSignal): Promise<void> {
  const { host, running, handed } = run
  const { drainMs } = running.settings
  hurry.addEventListener('abort', () => run.hurried.abort())
  if (drainMs > 0 && run.stalled !== undefined) return setAside(run, run.stalled)
  const signal = AbortSignal.any([run.over.signal, hurry])
  if (drainMs === 0) return settleSoon(host, running, { handed, signal })
  run.calm.abort()
  await run.offered
  await settle(running, handed, signal)
  await drainRun(host, running, signal)
  await settle(running, handed, signal)
}

async function keep(run: Run): Promise<void> {
  run.calm.abort()
  const over = run.over.signal
  const after = (run.set ?? run.offered).then(() => settle(run.running, run.handed, over))
  await keepWaiting(run.host, run.running, { over, after })
}

// What is over and still kept would be run a second time, no more.
async function settle(running: Running, handed: Handed, signal: AbortSignal): Promise<void> {
  try {
    await handed.settle(signal)
  } catch (error) {
    tellNotRead(running, error)
  }
}

async function settleSoon(
  { clock }: Pick<Host, 'clock'>,
  running: Running,
  { handed, signal }: { readonly handed: Handed; readonly signal: AbortSignal },
): Promise<void> {
  const late = new AbortController()
  const cancel = clock.after(LAST_SETTLE_MS, () => late.abort())
  await settle(running, handed, AbortSignal.any([signal, late.signal]))
  cancel()
}

async function blame(running: Running, handed: Handed): Promise<void> {
  const id = handed.blamed()
  if (id === undefined) return
  const { queueFile: path, refusedFile: refused } = running.layout
  try {
    if (await running.kept.blame(id, 'ComfyUI died when it ran'))
      running.tell({ type: 'problem', problem: new Problem('PROMPT_DEADLY', { id, refused, path }) })
  } catch (error) {
    tellNotRead(running, error)
  }
}
