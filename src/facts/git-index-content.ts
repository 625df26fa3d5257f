import type { Hash } from 'node:crypto'
import type { Fs } from '../host/fs.ts'
import { createHash } from '../host/hash.ts'

/** Whether bytes are the content that git knows by an id (SHA-1 or SHA-256, by its length). */
export function hasContent(bytes: Uint8Array, id: string): boolean {
  return blobHash(bytes.byteLength, id).update(bytes).digest('hex') === id
}

const PART_BYTES = 1024 ** 2

/** The same of a file of so many bytes, read in parts of 1 MiB; false when it is shorter. */
export async function fileHasContent(
  fs: Fs,
  path: string,
  { bytes, id }: { readonly bytes: number; readonly id: string },
): Promise<boolean> {
  const hash = blobHash(bytes, id)
  for (let at = 0; at < bytes; ) {
    const part = await fs.readPart(path, at, Math.min(PART_BYTES, bytes - at))
    if (part === undefined || part.byteLength === 0) return false
    hash.update(part)
    at += part.byteLength
  }
  return hash.digest('hex') === id
}

const SHA256_DIGITS = 64

function blobHash(bytes: number, id: string): Hash {
  return createHash(id.length === SHA256_DIGITS ? 'sha256' : 'sha1').update(`blob ${bytes}\0`)
}
