/** What all threads of a crew share: whether to go on, how many of them have nothing to do, what each has done. */
export type Control = {
  readonly words: Int32Array<SharedArrayBuffer>
  readonly tallies: Float64Array<SharedArrayBuffer>
  /** Until then the work may go on, in the thread that everything else waits for; by performance.now(). */
  readonly untilMs?: number
}

/** What the main thread wants of the others. */
export type Wish = 'go' | 'pause' | 'stop'

/** How much is done: files and bytes (those that were there already too), and how many files were there already. */
export type Tally = { files: number; bytes: number; kept: number }

/** A control for so many threads, in shared memory. */
export function makeControl(threads: number): Control {
  return {
    words: new Int32Array(new SharedArrayBuffer(8)),
    tallies: new Float64Array(new SharedArrayBuffer(threads * PER_THREAD * 8)),
  }
}

/** Tells all threads what is wanted now, and wakes those that pause. */
export function want(control: Control, wish: Wish): void {
  Atomics.store(control.words, WISH, WISHES.indexOf(wish))
  Atomics.notify(control.words, WISH)
}

/** What is wanted now. */
export function wanted(control: Control): Wish {
  return WISHES[Atomics.load(control.words, WISH)] ?? 'stop'
}

/** Waits while a pause is wanted; throws `Stopped` when the end is. To be called in a thread, before each step of work. */
export function checkpoint(control: Control): void {
  if (control.untilMs !== undefined && performance.now() > control.untilMs) throw new Stopped()
  while (Atomics.load(control.words, WISH) !== GO) {
    if (wanted(control) === 'stop') throw new Stopped()
    Atomics.wait(control.words, WISH, PAUSE)
  }
}

/** Sleeps in a thread; a wish that changes ends it. */
export function rest(control: Control, ms: number): void {
  if (control.untilMs !== undefined) throw new Stopped()
  Atomics.wait(control.words, WISH, GO, ms)
  checkpoint(control)
}

/** Thrown by `checkpoint` where the work is to end, or to go on elsewhere: nobody's fault. */
export class Stopped extends Error {
  constructor() {
    super('The work was told to stop.')
    this.name = 'Stopped'
  }
}

/** How many threads have nothing to do and get nothing: said by the main thread. */
export function sayHungry(control: Control, threads: number): void {
  Atomics.store(control.words, HUNGRY, threads)
}

/** True for the one thread that may now give work away. */
export function mayShare(control: Control): boolean {
  const hungry = Atomics.load(control.words, HUNGRY)
  return hungry > 0 && Atomics.compareExchange(control.words, HUNGRY, hungry, hungry - 1) === hungry
}

/** Adds to what one thread has done. */
export function count(control: Control, thread: number, more: Tally): void {
  const at = thread * PER_THREAD
  const { tallies } = control
  tallies[at] = (tallies[at] ?? 0) + more.files
  tallies[at + 1] = (tallies[at + 1] ?? 0) + more.bytes
  tallies[at + 2] = (tallies[at + 2] ?? 0) + more.kept
}

/** What all threads have done together. */
export function total({ tallies }: Control): Tally {
  const sum = { files: 0, bytes: 0, kept: 0 }
  for (let at = 0; at < tallies.length; at += PER_THREAD) {
    sum.files += tallies[at] ?? 0
    sum.bytes += tallies[at + 1] ?? 0
    sum.kept += tallies[at + 2] ?? 0
  }
  return sum
}

const WISHES: readonly Wish[] = ['go', 'pause', 'stop']
const GO = 0
const PAUSE = 1
const WISH = 0
const HUNGRY = 1
const PER_THREAD = 3
