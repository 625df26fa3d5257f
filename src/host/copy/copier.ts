import { closeFolders } from './close-folders.ts'
import { copyStretch, finishLarge } from './copy-large.ts'
import type { Job } from './jobs.ts'
import { lineOfFiles, lineOfFolders, runLine } from './line.ts'
import { copySameFile } from './same-file.ts'
import type { Thread } from './thread.ts'
import { openTrees, type Trees } from './trees.ts'

/** What a thread does of a copy. */
export function copier(thread: Thread): (job: Job) => void {
  const trees = openTrees(thread)
  return (job) => act(trees, job)
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
