import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { systemCode } from '../base/problem.ts'

/** A file that grows at its end; `bytes` is its size now. */
export type Growing = {
  readonly bytes: number
  /** When the file was made, milliseconds since 1970; undefined where the filesystem does not know. */
  readonly bornMs: number | undefined
  /** After an error, what `bytes` says has been written. */
  readonly write: (chunk: Uint8Array) => Promise<void>
  /** False once its path leads elsewhere: somebody moved, replaced or removed it. */
  readonly isThere: () => Promise<boolean>
  readonly close: () => Promise<void>
}

/** Opens a file to write at its end, making it where it is absent; never waits for the reader of a pipe, which is refused. */
export async function grow(path: string): Promise<Growing> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants
  const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK)
  const found = await file.stat()
  if (found.isFIFO()) {
    await file.close()
    throw Object.assign(new Error(`ENOTSUP: ${path} is a pipe`), { code: 'ENOTSUP' })
  }
  let bytes = found.size
  return {
    get bytes() {
      return bytes
    },
    bornMs: found.birthtimeMs > 0 ? found.birthtimeMs : undefined,
    write: async (chunk) => {
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, at)
        at += bytesWritten
        bytes += bytesWritten
      }
    },
    isThere: () => leadsTo(path, file),
    close: () => file.close(),
  }
}

/** A file that is read while somebody lets it grow. It stays the same file when it is renamed or removed. */
export type Growth = {
  /** The next bytes, at most so many; none at its end. A file that became shorter is read from its start. */
  readonly read: (mostBytes: number) => Promise<Uint8Array>
  /** True while this path leads to the file. */
  readonly isAt: (path: string) => Promise<boolean>
  readonly close: () => Promise<void>
}

/** Opens a file to read from a byte on, or from so many bytes (negative) before its end; undefined when it is absent. */
export async function readGrowth(path: string, fromByte: number): Promise<Growth | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return undefined
  const { size } = await file.stat()
  let at = fromByte < 0 ? Math.max(0, size + fromByte) : fromByte
  return {
    read: async (mostBytes) => {
      if ((await file.stat()).size < at) at = 0
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mostBytes), position: at })
      at += bytesRead
      return buffer.subarray(0, bytesRead)
    },
    isAt: (other) => leadsTo(other, file),
    close: () => file.close(),
  }
}

async function leadsTo(path: string, file: FileHandle): Promise<boolean> {
  try {
    const [there, here] = await Promise.all([stat(path), file.stat()])
    return there.ino === here.ino && there.dev === here.dev
  } catch {
    return false
  }
}
