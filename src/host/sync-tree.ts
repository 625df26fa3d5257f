import { lstat, open, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Crew } from './copy/crew.ts'
import { threadsFor } from './copy/threads-for.ts'
import { inFlight } from './in-flight.ts'
import { pathIn } from './path.ts'

/**
 * Brings a tree to the disk, and the entry of its folder, so that a rename that follows cannot become visible before its
 * contents: the whole filesystem at once where that can be asked for, else file by file. It is done in threads of our own:
 * a program that flushes all at once would be a child, started while we are still root, from the PATH of an image.
 * An abort rejects at once; what the system has begun to write it still writes.
 */
export async function syncTree(path: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  // Where things come and go while they are counted, all at once is right too.
  const few = await fewBelow(path).catch(() => undefined)
  if (few === undefined) await syncBelow(path, signal)
  else await inFlight(few, syncOne)
  await syncOne(dirname(path))
}

/** So few files are synced one by one before a thread that could do it at once has started. */
const FEW = 64

// The path and everything below it; undefined where that is much.
async function fewBelow(path: string | Buffer): Promise<readonly (string | Buffer)[] | undefined> {
  const found: (string | Buffer)[] = [path]
  if (!(await lstat(path)).isDirectory()) return found
  const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' })
  if (entries.length > FEW) return undefined
  for (const entry of entries) {
    if (!entry.isFile() && !entry.isDirectory()) continue
    const inside = await fewBelow(pathIn(path, entry.name))
    if (inside === undefined || found.length + inside.length > FEW) return undefined
    found.push(...inside)
  }
  return found
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
async function syncOne(path: string | Buffer): Promise<void> {
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
