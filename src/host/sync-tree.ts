import { open, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { inFlight } from './in-flight.ts'

/**
 * Brings a tree to the disk, so that a rename that follows cannot become visible before its contents. Each file is synced
 * by itself: a program that flushes all at once would be a child, started while we are still root, from the PATH of an image.
 */
export async function syncTree(path: string): Promise<void> {
  const entries = await readdir(Buffer.from(path), {
    withFileTypes: true,
    recursive: true,
    encoding: 'buffer',
  })
  const inside = entries.filter((each) => each.isFile() || each.isDirectory())
  await inFlight(inside, (each) => syncOne(Buffer.concat([Buffer.from(each.parentPath), SLASH, each.name])))
  await syncOne(path)
  await syncOne(dirname(path))
}

const SLASH = Buffer.from('/')

// A file that may not be read by its own owner cannot be opened here; its contents reach the disk with the next flush.
async function syncOne(path: string | Buffer): Promise<void> {
  const file = await open(path, 'r').catch(() => undefined)
  try {
    await file?.sync()
  } finally {
    await file?.close()
  }
}
