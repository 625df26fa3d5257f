import type { Bus, Event } from '../base/event.ts'
import type { Layout } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import type { ServiceSpec } from '../base/service.ts'
import { comfyuiQueue, type QueueLook } from '../features/queue/comfyui-queue.ts'
import { type KeptPrompts, keptPrompts } from '../features/queue/kept-prompts.ts'
import { followRun, type QueueRun } from '../features/queue/queue-run.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'

/** ComfyUI's queue as it was seen last: the prompt that runs, and since when it does, milliseconds since 1970. */
export type QueueNow = {
  readonly running: string | undefined
  readonly pending: number
  readonly sinceMs: number
}

/** Watches ComfyUI's queue from run to run. */
export type QueueKeeper = {
  /** Undefined while ComfyUI does not run, or has not answered yet. */
  readonly now: () => QueueNow | undefined
  /** The prompt that ran when ComfyUI was seen last, also after its end, until it runs again. */
  readonly lastPrompt: () => string | undefined
  /** Keeps what waits for the next start, and lets the running prompt finish; over at once unless COMFY_DRAIN_S is set. */
  readonly drain: (hurry: AbortSignal) => Promise<void>
  /** Takes what waits out of the queue and keeps it for the next run; over in 2 s, at once where ComfyUI does not run. */
  readonly keep: () => Promise<void>
  readonly close: () => void
}

/** What keeping needs; `restart` restarts ComfyUI, `isGpuBusy` is undefined where nobody measures it. */
export type Keeping = {
  readonly bus: Bus
  readonly settings: Pick<Settings, 'stallMs' | 'onStall' | 'drainMs'>
  readonly spec: Pick<ServiceSpec, 'name' | 'ready'>
  readonly layout: Layout
  readonly restart: (why: string) => void
  readonly isGpuBusy?: () => boolean | undefined
}

/** Watches the queue of each ComfyUI that runs; one that speaks TLS cannot be asked. */
export function queueKeeper(host: Host, keeping: Keeping): QueueKeeper {
  const { bus, spec, settings } = keeping
  let run: QueueRun | undefined
  let last: { readonly run: QueueRun; readonly pid: number } | undefined
  let seen: QueueNow | undefined
  let stalled: string | undefined
  const onLook = ({ running, remaining }: QueueLook) => {
    const pending = Math.max(0, remaining - (running === undefined ? 0 : 1))
    seen = { running, pending, sinceMs: (seen?.running === running && seen?.sinceMs) || host.clock.now() }
  }
  const onStalled = (text: string | undefined) => {
    if (text === stalled) return
    stalled = text
    bus.tell({ type: 'condition', condition: 'stalled', ...(text === undefined ? {} : { text }) })
  }
  const fixed = {
    ...{ settings, onLook, onStalled, layout: keeping.layout, restart: keeping.restart, tell: bus.tell },
    comfyui: comfyuiQueue(host.net, spec.ready),
    kept: keptIn(host, keeping),
    isGpuBusy: keeping.isGpuBusy ?? (() => undefined),
  }
  const onState = ({ state, pid, isSafe = false }: Event & { readonly type: 'service-state' }) => {
    run?.end()
    run = undefined
    // While it is being ended it still is what it was.
    if (state === 'stopping' || state === 'killing') return
    onStalled(undefined)
    if (state !== 'running' || pid === undefined || spec.ready.over === 'tls') return
    seen = undefined
    run = followRun(host, { ...fixed, group: pid, isSafe })
    last = { run, pid }
  }
  tellBlind(keeping)
  const leave = bus.listen((event) => {
    if (event.type === 'service-line' && event.service === spec.name) run?.hear(event.bytes)
    if (event.type === 'service-death' && event.service === spec.name && event.pid === last?.pid)
      last.run.died()
    if (event.type === 'service-state' && event.service === spec.name) onState(event)
  })
  return {
    now: () => (run === undefined ? undefined : seen),
    lastPrompt: () => seen?.running,
    drain: async (hurry) => run?.drain(hurry),
    keep: async () => run?.keep(),
    close: () => {
      leave()
      run?.end()
    },
  }
}

function tellBlind({ spec, settings, bus }: Keeping): void {
  if (spec.ready.over === 'tls' && settings.drainMs > 0)
    bus.tell({ type: 'problem', problem: new Problem('QUEUE_OVER_TLS', {}) })
}

function keptIn({ fs, clock }: Host, { layout, bus }: Keeping): KeptPrompts {
  const onUnreadable = (path: string) =>
    bus.tell({ type: 'problem', problem: new Problem('PROMPTS_UNREADABLE', { path }) })
  return keptPrompts(fs, layout, { now: clock.now, onUnreadable })
}
