import { SHARE_ENV, Worker, type WorkerOptions } from 'node:worker_threads'
import type { Assignment } from './jobs.ts'

declare const __COPY_WORKER__: string | undefined

/** Starts a thread of a crew. The bundle carries its program as text: a packed binary has no files. */
export function startWorker(assignment: Assignment): Worker {
  const options: WorkerOptions = {
    workerData: assignment,
    env: SHARE_ENV,
    // Descriptors are opened past Node, which has nothing to track.
    trackUnmanagedFds: false,
    execArgv: ['--no-warnings'],
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  }
  if (typeof __COPY_WORKER__ === 'string') return new Worker(__COPY_WORKER__, { ...options, eval: true })
  return new Worker(new URL('./worker.ts', import.meta.url), options)
}
