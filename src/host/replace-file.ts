import { lutimes, open, rename, rm } from 'node:fs/promises'

/**
 * Puts other bytes and a mode in a file's place: staged beside it, renamed, not synced. A crash leaves the old file or the
 * new one, and at most `<path>.partial`.
 */
export async function replaceFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const staged = `${path}.partial`
  await rm(staged, { force: true })
  const file = await open(staged, 'wx', mode)
  try {
    await file.writeFile(bytes)
    // The umask took its part of the mode.
    await file.chmod(mode)
  } finally {
    await file.close()
  }
  await rename(staged, path)
}

/** Sets when an entry itself (a link is a link) was changed last; milliseconds since 1970. */
export async function setTime(path: string, mtimeMs: number): Promise<void> {
  await lutimes(path, mtimeMs / 1000, mtimeMs / 1000)
}
