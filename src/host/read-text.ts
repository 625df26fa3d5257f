import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Larger than any text that a person or a program writes for us; what is larger is somebody's joke. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * The text of a regular file; undefined for anything else that can be opened. A pipe or a device at its place would keep
 * us waiting for ever, so it is opened without waiting and looked at first. Throws EFBIG for more than so many bytes, 16 MiB unless said otherwise.
 */
export async function readText(path: string, mostBytes = MOST_BYTES): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    if (found.isDirectory()) throw Object.assign(new Error(`EISDIR: ${path} is a folder`), { code: 'EISDIR' })
    if (!found.isFile()) return undefined
    if (found.size > mostBytes)
      throw Object.assign(new Error(`EFBIG: ${path} has ${found.size} bytes`), { code: 'EFBIG' })
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
