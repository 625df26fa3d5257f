import { open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Crew } from './copy/crew.ts'
import { threadsFor } from './copy/threads-for.ts'

/**
 * Brings a tree to the disk, and the entry of its folder, so that a rename that follows cannot become visible before its
 * contents: the whole filesystem at once where that can be asked for, else file by file. It is done in threads of our own:
 * a program that flushes all at once would be a child, started while we are still root, from the PATH of an image.
 * An abort rejects at once; what the system has begun to write it still writes.
 */
export async function syncTree(path: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  if ((await stat(path)).isDirectory()) await syncBelow(path, signal)
  else await syncOne(path)
  await syncOne(dirname(path))
}

async function syncBelow(path: string, signal: AbortSignal | undefined): Promise<void> {
  const crew = new Crew({
    task: 'sync',
    from: path,
    to: '',
    resume: 'time',
    skip: [],
    plain: false,
    threads: threadsFor(WIDTH),
    onFinding: ({ kind }) => (kind === 'each-by-itself' ? [{ kind: 'folders', paths: [''] }] : []),
    signal,
  })
  try {
    await crew.work([{ kind: 'flush' }])
  } finally {
    crew.end()
  }
}

// Some filesystems cannot sync a folder; what was renamed has been renamed all the same.
async function syncOne(path: string): Promise<void> {
  const file = await open(path, 'r').catch(() => undefined)
  try {
    await file?.sync()
  } catch {
    // nothing more can be done from here
  } finally {
    await file?.close()
  }
}

const WIDTH = 64
