import { closeFolders } from './close-folders.ts'
import { copyStretch, finishLarge } from './copy-large.ts'
import type { Job } from './jobs.ts'
import { lineOfFiles, lineOfFolders, runLine } from './line.ts'
import { copySameFile } from './same-file.ts'
import type { Task } from './task.ts'
import type { Thread } from './thread.ts'
import { openTrees, type Trees } from './trees.ts'

/** What a thread does of a copy. */
export function copier(thread: Thread): Task {
  const trees = openTrees(thread)
  const close = () => {
    thread.calls.closeFolder(trees.from)
    thread.calls.closeFolder(trees.to)
  }
  return { act: (job) => act(trees, job), close }
}

function act(trees: Trees, job: Job): void {
  switch (job.kind) {
    case 'folders':
      runLine(trees, lineOfFolders(job.paths))
      break
    case 'files':
      runLine(trees, lineOfFiles(trees, job))
      break
    case 'stretch':
      copyStretch(trees, job)
      break
    case 'finish':
      finishLarge(trees, job.large)
      break
    case 'same':
      for (const names of job.files) copySameFile(trees, names)
      break
    case 'closing':
      closeFolders(trees, job.folders)
      break
    case 'flush':
      break
  }
}
