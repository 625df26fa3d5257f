import { makeControl, Stopped, type Tally, total } from './control.ts'
import { Crew, type Order } from './crew.ts'
import { hearPause } from './hear-pause.ts'
import type { Job, Said } from './jobs.ts'
import { beginTask } from './task.ts'

/** Who works jobs off: a crew of threads, or this thread itself. `end` lets go of everything. */
export type Workers = {
  readonly work: (jobs: readonly Job[]) => Promise<void>
  readonly done: Tally
  readonly end: () => void
}

/** So long everything else of the program may wait for a small tree, milliseconds. */
const AT_ONCE_MS = 12

/** And so long again, while the first threads of a crew start, which takes them that long. */
const MEANWHILE_MS = 45

/**
 * Works in this thread, for a little while: a small tree is done before a first thread of a crew would have started. Throws
 * `Stopped` when the while is over, at a large file, or when something would have to be waited for; what was done is done.
 */
export function workAtOnce(order: Order, forMs = AT_ONCE_MS): Workers {
  const control = { ...makeControl(1), untilMs: performance.now() + forMs }
  const queue: Job[] = []
  const hear = (said: Said) => {
    if (said.kind === 'share') queue.push(...said.jobs)
    for (const finding of said.kind === 'found' ? said.findings : []) {
      if (finding.kind === 'large') throw new Stopped()
      queue.push(...(order.onFinding?.(finding) ?? []))
    }
  }
  const { onFinding: _, onDone: __, onProgress: ___, signal: ____, ...assignment } = order
  const task = beginTask({ ...assignment, threads: 1, thread: 0, control }, hear)
  return {
    work: async (jobs) => {
      queue.push(...jobs)
      for (let job = queue.pop(); job !== undefined; job = queue.pop()) {
        order.signal?.throwIfAborted()
        task.act(job)
        queue.push(...(order.onDone?.(job) ?? []))
      }
    },
    get done() {
      return total(control)
    },
    end: task.close,
  }
}

/**
 * Works an order off in this thread, and where that takes too long begins again with a crew, whose threads start while this one goes on:
 * `act` is called anew, with what was done before. A TSTP that comes meanwhile is heard when this thread is free again: it holds what follows until CONT.
 */
export async function withWorkers<T>(
  order: () => Order,
  act: (workers: Workers, before: Tally) => Promise<T>,
): Promise<T> {
  const pause = hearPause()
  try {
    const first = workAtOnce(order())
    const done = await untilStopped(act(first, NOTHING)).finally(first.end)
    await pause.isOver(order(), first.done)
    if (done !== undefined) return done.value
    return await withCrew(order(), async (crew) => {
      crew.start()
      const meanwhile = workAtOnce(order(), MEANWHILE_MS)
      const also = await untilStopped(act(meanwhile, first.done)).finally(meanwhile.end)
      await pause.isOver(order(), meanwhile.done)
      return also === undefined ? act(crew, added(first.done, meanwhile.done)) : also.value
    })
  } finally {
    pause.end()
  }
}

async function untilStopped<T>(work: Promise<T>): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await work }
  } catch (error) {
    if (error instanceof Stopped) return undefined
    throw error
  }
}

async function withCrew<T>(order: Order, act: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = new Crew(order)
  try {
    return await act(crew)
  } finally {
    crew.end()
  }
}

// What a second try finds of the first one's it has kept, not copied.
function added(first: Tally, second: Tally): Tally {
  const copied = first.files - first.kept
  return { ...second, kept: Math.max(0, second.kept - copied) }
}

const NOTHING: Tally = { files: 0, bytes: 0, kept: 0 }
