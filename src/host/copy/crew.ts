import type { Worker } from 'node:worker_threads'
import { type Control, makeControl, sayHungry, type Tally, total, want } from './control.ts'
import { freeDescriptors } from './free-descriptors.ts'
import type { Assignment, Finding, Job, Said } from './jobs.ts'
import { startWorker } from './start-worker.ts'
import { watchOver } from './watch-over.ts'

/** A crew's order: what its threads do, how many there may be, and who is told what. */
export type Order = Pick<Assignment, 'task' | 'from' | 'to' | 'resume' | 'skip' | 'plain' | 'threads'> & {
  /** Answers what a thread found with more work, or with none. */
  readonly onFinding?: (finding: Finding) => readonly Job[]
  /** Called when a job is done; answers like onFinding. */
  readonly onDone?: (job: Job) => readonly Job[]
  readonly onProgress?: ((done: Progress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** How far the crew is. */
export type Progress = { readonly files: number; readonly bytes: number; readonly paused: boolean }

type Member = { readonly worker: Worker; job: Job | undefined; state: 'starting' | 'heard' }

/** After an abort the threads get this long to come to rest; a call of the system cannot be cut short. */
const PATIENCE_MS = 120

const EAGER = 2

/** What a thread needs so that it never waits for descriptors that another one holds: its own event loop takes five. */
const DESCRIPTORS_EACH = 24

/** Threads that work through jobs together. One is started when there is more work than those that are there can take. */
export class Crew {
  readonly #order: Order
  readonly #control: Control
  readonly #members: Member[] = []
  readonly #leave: () => void
  #queue: Job[] = []
  /** How many threads there can be. */
  #most: number
  #failure: { readonly reason: unknown } | undefined
  #settle: () => void = () => {}

  constructor(order: Order) {
    this.#order = order
    this.#most = Math.max(1, Math.min(order.threads, Math.floor(freeDescriptors() / DESCRIPTORS_EACH)))
    this.#control = makeControl(order.threads)
    this.#leave = watchOver(this.#control, order, (reason) => this.#fail(reason))
  }

  /** Resolves when these jobs and all that come of them are done; rejects with the first failure when all threads rest. */
  work(jobs: readonly Job[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = () => (this.#failure === undefined ? resolve() : reject(this.#failure.reason))
      this.#queue.push(...jobs)
      if (jobs.length > 0) this.start()
      this.#pass()
    })
  }

  /** Has the first threads start: a tree is rarely worth less than two, and they take their time. */
  start(): void {
    while (this.#members.length < EAGER && this.#hire() !== undefined);
  }

  get done(): Tally {
    return total(this.#control)
  }

  /** Ends the threads, at once where they rest. */
  end(): void {
    this.#leave()
    want(this.#control, 'stop')
    for (const { worker, job } of this.#members)
      if (job === undefined) worker.postMessage('end')
      else void worker.terminate()
  }

  #pass(): void {
    const idle = this.#members.filter(({ job }) => job === undefined)
    while (this.#queue.length > 0 && this.#failure === undefined) {
      const member = idle.pop() ?? this.#hire()
      if (member === undefined) break
      member.job = this.#queue.shift()
      member.worker.postMessage(member.job)
    }
    const unhired = this.#most - this.#members.length
    sayHungry(this.#control, this.#queue.length > 0 ? 0 : idle.length + unhired)
    if (this.#members.every(({ job }) => job === undefined)) this.#settle()
  }

  #hire(): Member | undefined {
    const thread = this.#members.length
    if (thread >= this.#most) return undefined
    const { task, from, to, resume, skip, plain, threads } = this.#order
    const worker = startWorker({
      task,
      from,
      to,
      resume,
      skip,
      plain,
      threads,
      thread,
      control: this.#control,
    })
    const member: Member = { worker, job: undefined, state: 'starting' }
    worker.on('message', (said: Said) => {
      try {
        this.#hear(member, said)
      } catch (error) {
        this.#fail(error)
      }
    })
    worker.on('error', (error) => this.#lose(member, error))
    this.#members.push(member)
    return member
  }

  #hear(member: Member, said: Said): void {
    const { job } = member
    member.state = 'heard'
    if (said.kind !== 'share' && said.kind !== 'found') member.job = undefined
    if (said.kind === 'failed') this.#fail(errorOf(said))
    if (said.kind === 'share') this.#queue.push(...said.jobs)
    for (const finding of said.kind === 'found' ? said.findings : [])
      this.#queue.push(...(this.#order.onFinding?.(finding) ?? []))
    if (said.kind === 'done' && job !== undefined) this.#queue.push(...(this.#order.onDone?.(job) ?? []))
    this.#pass()
  }

  // A thread that cannot start, for want of descriptors or memory, leaves its work to those that could.
  #lose(member: Member, error: unknown): void {
    const { job } = member
    this.#members.splice(this.#members.indexOf(member), 1)
    this.#most = this.#members.length
    if (member.state === 'heard' || this.#most === 0) this.#fail(error)
    else if (job !== undefined) this.#queue.unshift(job)
    this.#pass()
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason }
    want(this.#control, 'stop')
    this.#queue = []
    if (this.#order.signal?.aborted) setTimeout(() => this.#settle(), PATIENCE_MS)
    this.#pass()
  }
}

function errorOf({ message, code, syscall, path }: Said & { readonly kind: 'failed' }): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code, syscall, path })
}
