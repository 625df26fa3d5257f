import type { Part, Progress } from '../base/event.ts'
import { sizeText } from '../base/text.ts'

/** Progress with the time left, as the log and `status` show it: `61 %, 1.8 GiB of 3.0 GiB, 24310 of 45012 files, 12 s left`. */
export function progressText(progress: Progress & { readonly leftMs?: number }): string {
  const { bytes, files, nodes, leftMs, paused } = progress
  return [
    ...(paused === true ? ['paused (SIGCONT goes on)'] : []),
    `${percentOf(progress)} %`,
    ...(bytes.total > 0 ? [`${sizeText(bytes.done)} of ${sizeText(bytes.total)}`] : []),
    ...(files.total > 0 ? [`${files.done} of ${files.total} files`] : []),
    ...(nodes === undefined ? [] : [`${nodes.done} of ${nodes.total} nodes`]),
    ...(leftMs === undefined ? [] : [`${leftText(leftMs)} left`]),
  ].join(', ')
}

/** Whole percent, 0 to 100: of the first of bytes, files and nodes that there are any of; 100 only when all are all there. */
export function percentOf({ bytes, files, nodes = { done: 0, total: 0 } }: Progress): number {
  const parts = [bytes, files, nodes]
  const { done, total } = parts.find((part) => part.total > 0) ?? bytes
  if (parts.every(isWhole)) return 100
  return Math.min(99, Math.floor((done / total) * 100))
}

function isWhole({ done, total }: Part): boolean {
  return done >= total
}

// Nobody waits for a tenth of a second: `12 s`, `3 min 20 s`, `1 h 5 min`.
function leftText(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`
}
