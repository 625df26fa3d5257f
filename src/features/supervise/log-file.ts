import { dirname } from 'node:path'
import type { Fs } from '../../host/fs.ts'
import type { Growing } from '../../host/grow.ts'

/** A file that a service's output is kept in. */
export type LogFile = {
  /** Takes bytes at once and writes them when it can; never waits, never throws. */
  readonly write: (chunk: Uint8Array) => void
  /** Resolves when everything taken is written, or writing was given up. */
  readonly close: () => Promise<void>
}

/** How large a file may grow, how many there are (the current one included), and what may wait for a slow disk; bytes. */
export type LogFileSize = {
  readonly mostBytes: number
  readonly files: number
  readonly mostWaitingBytes: number
}

/** What is told of a failure, and sizes other than 10 MiB in 3 files with 8 MiB waiting. */
export type LogFileOptions = Partial<LogFileSize> & { readonly onFailed: (error: unknown) => void }

const SIZE: LogFileSize = {
  mostBytes: 10 * 1024 * 1024,
  files: 3,
  mostWaitingBytes: 8 * 1024 * 1024,
}

/**
 * A log file that is moved on to `.1`, `.2` when it is full; opened at the first write. A crash leaves whole files, the
 * current one perhaps without its last lines. The first failure is told once, and nothing is written after it.
 */
export function openLogFile(fs: Fs, path: string, { onFailed, ...size }: LogFileOptions): LogFile {
  return new RotatedFile({ fs, path, onFailed, size: { ...SIZE, ...size } })
}

type Making = {
  readonly fs: Fs
  readonly path: string
  readonly onFailed: (error: unknown) => void
  readonly size: LogFileSize
}

class RotatedFile implements LogFile {
  readonly #it: Making
  #state: 'idle' | 'writing' | 'failed' = 'idle'
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #leftOutBytes = 0
  #file: Growing | undefined
  #work = Promise.resolve()

  constructor(making: Making) {
    this.#it = making
  }

  write(chunk: Uint8Array): void {
    if (this.#state === 'failed') return
    if (this.#waitingBytes + chunk.length > this.#it.size.mostWaitingBytes) {
      this.#leftOutBytes += chunk.length
      return
    }
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#state === 'idle') this.#work = this.#run()
  }

  async close(): Promise<void> {
    await this.#work
    await this.#file?.close().catch(() => {})
    this.#file = undefined
  }

  async #run(): Promise<void> {
    this.#state = 'writing'
    try {
      while (this.#waiting.length > 0) await this.#put(this.#take())
      this.#state = 'idle'
    } catch (error) {
      this.#state = 'failed'
      this.#waiting = []
      this.#it.onFailed(error)
    }
  }

  #take(): Uint8Array {
    const gap = this.#leftOutBytes === 0 ? [] : [gapOf(this.#leftOutBytes)]
    const taken = Buffer.concat([...this.#waiting, ...gap])
    this.#waiting = []
    this.#waitingBytes = 0
    this.#leftOutBytes = 0
    return taken
  }

  async #put(chunk: Uint8Array): Promise<void> {
    const { fs, path, size } = this.#it
    this.#file ??= await open(fs, path)
    if (this.#file.bytes > 0 && this.#file.bytes + chunk.length > size.mostBytes) {
      await this.#file.close()
      this.#file = undefined
      await rotate(fs, path, size.files)
      this.#file = await open(fs, path)
    }
    await this.#file.write(chunk)
  }
}

function gapOf(bytes: number): Uint8Array {
  return Buffer.from(`\n[comfy-init] ${bytes} bytes are left out here: the disk was too slow.\n`)
}

async function open(fs: Fs, path: string): Promise<Growing> {
  await fs.makeFolder(dirname(path))
  return fs.grow(path)
}

async function rotate(fs: Fs, path: string, files: number): Promise<void> {
  for (let at = files - 1; at > 0; at--) {
    const from = at === 1 ? path : `${path}.${at - 1}`
    if ((await fs.look(from)) !== undefined) await fs.rename(from, `${path}.${at}`)
  }
}
