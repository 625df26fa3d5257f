import { quietly } from '../quietly.ts'
import type { Calls } from './calls.ts'
import { copier } from './copier.ts'
import type { Assignment, Job, Said } from './jobs.ts'
import { nativeCalls } from './native-calls.ts'
import { plainCalls } from './plain-calls.ts'
import { syncer } from './syncer.ts'
import { walker } from './walker.ts'

/** Work on one tree, job by job; `close` lets go of the folders it holds open. */
export type Task = { readonly act: (job: Job) => void; readonly close: () => void }

const MAKERS = { copy: copier, walk: walker, sync: syncer }

/** Begins the work of one thread; `say` hears what others need to know. Synchronous, and throws the system's errors. */
export function beginTask(assignment: Assignment, say: (said: Said) => void): Task {
  return MAKERS[assignment.task]({ calls: calls(assignment), assignment, say })
}

function calls({ plain }: Assignment): Calls {
  if (plain) return plainCalls()
  try {
    return quietly(nativeCalls)
  } catch {
    return plainCalls()
  }
}
