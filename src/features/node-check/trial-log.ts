import { dirname } from 'node:path'
import type { Host } from '../../host/host.ts'
import type { Trial } from './trial.ts'

/** Of the first trial all is kept that was kept of its output; of the others the end, characters, and of so many. */
const PART = 32 * 1024
const MOST = 16

/** Collects what trials printed, for one file. A crash before it is written leaves the file of an earlier check. */
export function trialLog({ fs }: Pick<Host, 'fs'>, path: string) {
  const parts: string[] = []
  return {
    keep: (what: string, { how, isThrough, ms, output }: Trial) => {
      const end = isThrough ? 'it came through' : how
      const text = parts.length === 0 ? output : output.slice(-PART)
      if (parts.length < MOST) parts.push(`— ComfyUI ${what} (${ms} ms; ${end}) —\n${text}\n`)
    },
    write: async () => {
      await fs.makeFolder(dirname(path))
      await fs.write(path, parts.join('\n'))
    },
  }
}
