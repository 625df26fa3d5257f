import { execFile } from 'node:child_process'
import { open, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/**
 * Brings a tree to the disk, so that a rename that follows cannot become visible before its contents.
 * One `sync -f` flushes the filesystem at once; where that program is missing every file is synced by itself.
 */
export async function syncTree(path: string): Promise<void> {
  try {
    await promisify(execFile)('sync', ['-f', path], { timeout: 600_000 })
  } catch {
    await syncEach(path)
  }
  await syncOne(dirname(path))
}

async function syncEach(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) await syncOne(`${entry.parentPath}/${entry.name}`)
  }
  await syncOne(path)
}

async function syncOne(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
