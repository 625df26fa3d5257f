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

/** So long everything else of the program may wait, milliseconds. */
const AT_ONCE_MS = 25

/**
 * Works in this thread, for a little while: a small tree is done before a first thread of a crew would have started. Throws
 * `Stopped` when the while is over, or when something would have to be waited for; what was done is done.
 */
export function workAtOnce(order: Order): Workers {
  const control = { ...makeControl(1), untilMs: performance.now() + AT_ONCE_MS }
  const queue: Job[] = []
  const hear = (said: Said) => {
    if (said.kind === 'share') queue.push(...said.jobs)
    for (const finding of said.kind === 'found' ? said.findings : [])
      queue.push(...(order.onFinding?.(finding) ?? []))
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
 * Works an order off in this thread, and where that takes too long begins again with a crew: `act` is called anew, with what was
 * done before. A TSTP that comes meanwhile is heard when this thread is free again: it holds what follows until CONT.
 */
export async function withWorkers<T>(
  order: () => Order,
  act: (workers: Workers, before: Tally) => Promise<T>,
): Promise<T> {
  const pause = hearPause()
  try {
    const first = workAtOnce(order())
    const result = await untilStopped(act(first, NOTHING)).finally(first.end)
    await pause.isOver(order(), first.done)
    return result === undefined ? await withCrew(order(), (crew) => act(crew, first.done)) : result.value
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

async function withCrew<T>(order: Order, act: (crew: Workers) => Promise<T>): Promise<T> {
  const crew = new Crew(order)
  try {
    return await act(crew)
  } finally {
    crew.end()
  }
}

const NOTHING: Tally = { files: 0, bytes: 0, kept: 0 }
