import { statfsSync } from 'node:fs'
import type { Calls, Folder, Listed } from './calls.ts'
import { checkpoint } from './control.ts'
import type { Job } from './jobs.ts'
import { codeOf } from './system-error.ts'
import type { Task } from './task.ts'
import { type Thread, tell } from './thread.ts'
import { wander } from './wander.ts'

/** What a thread does to bring a tree to the disk: all of its filesystem at once, or each file where that says too little. */
export function syncer(thread: Thread): Task {
  const { calls, assignment } = thread
  const root = calls.openRoot(assignment.from)
  const act = (job: Job) => {
    if (job.kind === 'flush' && !syncAll(calls, root)) tell(thread, { kind: 'each-by-itself' })
    if (job.kind !== 'folders') return
    wander(thread, { root, paths: job.paths }, (folder, _, entries) => {
      for (const each of entries) {
        checkpoint(assignment.control)
        if (each.kind === 'file') syncFile(calls, folder, each)
      }
      calls.syncOne(folder)
    })
  }
  return { act, close: () => calls.closeFolder(root) }
}

// A filesystem in user space is not told of a sync of all.
function syncAll(calls: Calls, root: Folder): boolean {
  return statfsSync(`/proc/self/fd/${root.fd}`).type !== FUSE && calls.syncAll(root)
}

// A file that may not be read by its own owner cannot be opened here; its contents reach the disk with the next flush.
function syncFile(calls: Calls, folder: Folder, { name }: Listed): void {
  let open: ReturnType<Calls['openFile']>
  try {
    open = calls.openFile(folder, name)
  } catch (error) {
    if (CLOSED.has(codeOf(error) ?? '')) return
    throw error
  }
  try {
    calls.syncOne(open)
  } finally {
    calls.closeFile(open)
  }
}

const FUSE = 0x65735546
const CLOSED = new Set(['EACCES', 'EPERM'])
