import { mkdir, stat } from 'node:fs/promises'
import { withWorkers } from './at-once.ts'
import { stretchesOf } from './copy-large.ts'
import type { Copied, CopyOptions } from './copy-options.ts'
import type { Order } from './crew.ts'
import type { Closing, Finding, Job } from './jobs.ts'
import { threadsFor } from './threads-for.ts'

/**
 * Copies a tree: files, folders, links, several names of one file, holes, permission bits, times, user attributes; the copies
 * belong to whoever copies, who may write in every folder. What lies at the target already is kept where it is the same.
 * A crash leaves a part; the next copy goes on with it, for a file gets its time when it is whole. After a power cut
 * this says nothing of files that were not synced: then `resume: 'content'` compares them.
 */
export async function copyTree(from: string, to: string, options: CopyOptions = {}): Promise<Copied> {
  options.signal?.throwIfAborted()
  const { mode } = await stat(from)
  await mkdir(to, { recursive: true, mode: mode | 0o700 })
  let found = nothing()
  const order = (): Order => ({
    task: 'copy',
    from,
    to,
    resume: options.resume ?? 'time',
    skip: options.skip ?? [],
    plain: options.plain ?? false,
    threads: threadsFor(options.width),
    onFinding: (finding) => answer(found, finding),
    onDone: (job) => afterStretch(found, job),
    onProgress: options.onProgress,
    signal: options.signal,
  })
  return withWorkers(order, async (workers, before) => {
    found = nothing()
    await workers.work([{ kind: 'folders', paths: [''] }])
    await workers.work(sameFiles(found))
    await workers.work(inBatches(found.closing).map((folders) => ({ kind: 'closing', folders })))
    const { files, bytes, kept } = workers.done
    options.onProgress?.({ files, bytes, paused: false })
    const copiedBefore = before.files - before.kept
    return { files, bytes, kept: kept - copiedBefore, others: found.others.sort() }
  })
}

/** What the threads found, for the end: names of one file by its identity, folders to finish, stretches that are not done. */
type Found = {
  readonly linked: Map<string, string[]>
  readonly closing: Closing[]
  readonly others: string[]
  readonly open: Map<string, number>
}

function nothing(): Found {
  return { linked: new Map(), closing: [], others: [], open: new Map() }
}

function answer(found: Found, finding: Finding): readonly Job[] {
  switch (finding.kind) {
    case 'linked': {
      const names = found.linked.get(finding.identity)
      if (names === undefined) found.linked.set(finding.identity, [finding.path])
      else names.push(finding.path)
      return []
    }
    case 'large': {
      const stretches = stretchesOf(finding.large)
      found.open.set(finding.large.path, stretches.length)
      return stretches
    }
    case 'other':
      found.others.push(finding.path)
      return []
    case 'closing':
      found.closing.push(finding.folder)
      return []
    case 'entry':
    case 'each-by-itself':
      return []
  }
}

// A large file is finished when its last stretch is done.
function afterStretch({ open }: Found, job: Job): readonly Job[] {
  if (job.kind !== 'stretch') return []
  const { large } = job
  const left = (open.get(large.path) ?? 1) - 1
  open.set(large.path, left)
  return left === 0 ? [{ kind: 'finish', large }] : []
}

function sameFiles({ linked }: Found): readonly Job[] {
  return inBatches([...linked.values()].map((names) => names.sort())).map((files) => ({
    kind: 'same',
    files,
  }))
}

function inBatches<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / BATCH)
  return Array.from({ length: count }, (_, at) => items.slice(at * BATCH, (at + 1) * BATCH))
}

const BATCH = 64
