import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** A file that grows at its end; `bytes` is its size now. */
export type Growing = {
  readonly bytes: number
  readonly write: (chunk: Uint8Array) => Promise<void>
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
    write: async (chunk) => {
      bytes += chunk.byteLength
      await file.appendFile(chunk)
    },
    close: () => file.close(),
  }
}
