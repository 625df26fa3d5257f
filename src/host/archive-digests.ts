import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { pathBytes } from '../base/tree-path.ts'
import { inFlight } from './in-flight.ts'
import { systemPath } from './path.ts'

/** SHA-256 of files, in their order; names are escaped. */
export async function digests(folder: string, files: readonly string[]): Promise<readonly string[]> {
  const found = new Array<string>(files.length)
  await inFlight([...files.entries()], async ([at, path]) => {
    found[at] = await digestOf(systemPath(pathBytes(folder, path)))
  })
  return found
}

const CHUNK_BYTES = 1024 * 1024

async function digestOf(path: string | Buffer): Promise<string> {
  const file = await open(path, 'r')
  try {
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, (await file.stat()).size + 1))
    for (;;) {
      const { bytesRead } = await file.read(buffer)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}
