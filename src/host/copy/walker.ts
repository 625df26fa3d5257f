import type { TreeEntry } from '../../base/tree-entry.ts'
import { escapeName } from '../../base/tree-path.ts'
import type { Calls, Folder, Listed } from './calls.ts'
import type { Finding, Job } from './jobs.ts'
import { below } from './names.ts'
import type { Task } from './task.ts'
import type { Thread } from './thread.ts'
import { wander } from './wander.ts'

/** What a thread does of a walk: it tells all entries, those of many folders together. */
export function walker(thread: Thread): Task {
  const { calls, assignment, say } = thread
  const root = calls.openRoot(assignment.from)
  const act = (job: Job) => {
    if (job.kind !== 'folders') return
    let findings: Finding[] = []
    const tellAll = () => {
      if (findings.length > 0) say({ kind: 'found', findings })
      findings = []
    }
    wander(thread, { root, paths: job.paths }, (folder, path, entries) => {
      for (const each of entries)
        findings.push({ kind: 'entry', entry: entryOf(calls, { folder, path, each }) })
      if (findings.length >= MANY) tellAll()
    })
    tellAll()
  }
  return { act, close: () => calls.closeFolder(root) }
}

function entryOf(
  calls: Calls,
  { folder, path, each }: { readonly folder: Folder; readonly path: string; readonly each: Listed },
): TreeEntry {
  const { kind, mode, bytes, seconds, nanoseconds } = calls.look(folder, each.name)
  return {
    path: below(path, each.name.text),
    kind,
    mode,
    bytes: kind === 'file' ? bytes : 0,
    mtimeNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
    ...(kind === 'link' ? { target: escapeName(calls.readLink(folder, each.name)) } : {}),
  }
}

const MANY = 500
