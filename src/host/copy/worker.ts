import { parentPort, workerData } from 'node:worker_threads'
import { Stopped } from './control.ts'
import type { Assignment, Order, Said } from './jobs.ts'
import { codeOf } from './system-error.ts'
import { beginTask, type Task } from './task.ts'

// The program of one thread: it does the jobs that it is sent, one after the other, until it is sent home.
const assignment: Assignment = workerData
const say = (said: Said) => parentPort?.postMessage(said)
let task: Task | undefined

parentPort?.on('message', (order: Order) => {
  if (order === 'end') {
    task?.close()
    parentPort?.close()
    return
  }
  try {
    task ??= beginTask(assignment, say)
    task.act(order)
    say({ kind: 'done' })
  } catch (error) {
    say(error instanceof Stopped ? { kind: 'stopped' } : failed(error))
  }
})

function failed(error: unknown): Said {
  const field = (name: string) => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined
    return typeof value === 'string' ? value : undefined
  }
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'failed', message, code: codeOf(error), syscall: field('syscall'), path: field('path') }
}
