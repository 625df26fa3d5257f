import { parentPort, workerData } from 'node:worker_threads'
import type { Calls } from './calls.ts'
import { Stopped } from './control.ts'
import { copier } from './copier.ts'
import type { Assignment, Job, Said } from './jobs.ts'
import { nativeCalls } from './native-calls.ts'
import { plainCalls } from './plain-calls.ts'
import { syncer } from './syncer.ts'
import { codeOf } from './system-error.ts'
import { walker } from './walker.ts'

// The program of one thread: it does the jobs that it is sent, one after the other.
const assignment: Assignment = workerData
const say = (said: Said) => parentPort?.postMessage(said)
const makers = { copy: copier, walk: walker, sync: syncer }
let act: ((job: Job) => void) | undefined

parentPort?.on('message', (job: Job) => {
  try {
    act ??= makers[assignment.task]({ calls: calls(), assignment, say })
    act(job)
    say({ kind: 'done' })
  } catch (error) {
    say(error instanceof Stopped ? { kind: 'stopped' } : failed(error))
  }
})

function calls(): Calls {
  if (assignment.plain) return plainCalls()
  try {
    return nativeCalls()
  } catch {
    return plainCalls()
  }
}

function failed(error: unknown): Said {
  const field = (name: string) => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined
    return typeof value === 'string' ? value : undefined
  }
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'failed', message, code: codeOf(error), syscall: field('syscall'), path: field('path') }
}
