import { type Disk, type RotatedFile, rotatedFile } from './rotated-file.ts'

/** A file that a service's output is kept in. */
export type LogFile = {
  /** Takes bytes at once and writes them when it can; never waits, never throws. */
  readonly write: (chunk: Uint8Array) => void
  /** Resolves when everything taken is written, or writing was given up. */
  readonly close: () => Promise<void>
}

/** What is told of a failure; sizes and ages where they are not 10 MiB, in 3 files, for ever, with 8 MiB waiting for a slow disk. */
export type LogFileOptions = {
  readonly onFailed: (error: unknown) => void
  readonly mostBytes?: number
  readonly files?: number
  readonly mostAgeMs?: number | undefined
  readonly mostWaitingBytes?: number
}

const MOST_BYTES = 10 * 1024 * 1024
const FILES = 3
const MOST_WAITING_BYTES = 8 * 1024 * 1024

/** Written at once, bytes: joining more only needs memory. */
const AT_ONCE_BYTES = 1024 * 1024

/** After a failure it is tried again with the first write after so long, milliseconds. */
const RETRY_AFTER_MS = 30_000

/**
 * A log file that is moved on to `.1`, `.2` when it is full or old; opened at the first write. A crash leaves whole files, the
 * current one perhaps without its last lines. A failure is told once until writing goes well again; what could not be
 * written meanwhile is left out, and the file says how much.
 */
export function openLogFile(disk: Disk, path: string, options: LogFileOptions): LogFile {
  const { onFailed, mostBytes = MOST_BYTES, files = FILES, mostAgeMs = Number.POSITIVE_INFINITY } = options
  const file = rotatedFile(disk, path, { mostBytes, files, mostAgeMs })
  return new WaitingFile(file, {
    onFailed,
    monotonicMs: disk.clock.monotonicMs,
    mostWaitingBytes: options.mostWaitingBytes ?? MOST_WAITING_BYTES,
  })
}

type Waiting = {
  readonly onFailed: (error: unknown) => void
  readonly monotonicMs: () => number
  readonly mostWaitingBytes: number
}

/** What waits to be written, and how much output is lost if it is not; bytes. */
type Part = { readonly bytes: Uint8Array; readonly output: number }

class WaitingFile implements LogFile {
  readonly #file: RotatedFile
  readonly #it: Waiting
  #state: 'idle' | 'writing' | 'failed' = 'idle'
  #failedMs = 0
  #isTold = false
  #parts: Part[] = []
  #waitingBytes = 0
  #leftOutBytes = 0
  #work = Promise.resolve()

  constructor(file: RotatedFile, it: Waiting) {
    this.#file = file
    this.#it = it
  }

  write(chunk: Uint8Array): void {
    const isTooSoon = this.#state === 'failed' && this.#it.monotonicMs() - this.#failedMs < RETRY_AFTER_MS
    if (isTooSoon || this.#waitingBytes + chunk.length > this.#it.mostWaitingBytes) {
      this.#leftOutBytes += chunk.length
      return
    }
    this.#sayLeftOut()
    this.#add({ bytes: chunk, output: chunk.length })
    if (this.#state !== 'writing') this.#work = this.#run()
  }

  async close(): Promise<void> {
    await this.#work
    if (this.#state === 'idle') {
      this.#sayLeftOut()
      await this.#run()
    }
    await this.#file.close().catch(() => {})
  }

  #sayLeftOut(): void {
    if (this.#leftOutBytes > 0) this.#add({ bytes: gapOf(this.#leftOutBytes), output: this.#leftOutBytes })
    this.#leftOutBytes = 0
  }

  #add(part: Part): void {
    this.#parts.push(part)
    this.#waitingBytes += part.bytes.length
  }

  async #run(): Promise<void> {
    this.#state = 'writing'
    let taken: readonly Part[] = []
    try {
      while (this.#parts.length > 0) {
        taken = this.#take()
        await this.#file.write(Buffer.concat(taken.map(({ bytes }) => bytes)))
        this.#isTold = false
      }
      this.#state = 'idle'
    } catch (error) {
      this.#state = 'failed'
      this.#failedMs = this.#it.monotonicMs()
      for (const { output } of [...taken, ...this.#parts]) this.#leftOutBytes += output
      this.#parts = []
      this.#waitingBytes = 0
      // Whatever is wrong with the file, the next try opens it anew.
      await this.#file.close().catch(() => {})
      if (!this.#isTold) this.#it.onFailed(error)
      this.#isTold = true
    }
  }

  #take(): readonly Part[] {
    let bytes = 0
    let count = 0
    for (const part of this.#parts) {
      if (count > 0 && bytes + part.bytes.length > AT_ONCE_BYTES) break
      bytes += part.bytes.length
      count++
    }
    this.#waitingBytes -= bytes
    return this.#parts.splice(0, count)
  }
}

function gapOf(bytes: number): Uint8Array {
  return Buffer.from(`\n[comfy-init] ${bytes} bytes are left out here: the disk took no more.\n`)
}
