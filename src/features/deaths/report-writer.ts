import type { Death } from '../../base/death.ts'
import { systemCode } from '../../base/problem.ts'
import type { Host } from '../../host/host.ts'
import { keepReport } from './reports.ts'

/** Writes reports one after the other; nobody waits for it. */
export type ReportWriter = {
  readonly write: (death: Death) => void
  /** Resolves when all is written, or after so many milliseconds. */
  readonly settle: (mostMs: number) => Promise<void>
}

/** Reports that may wait for a slow disk; beyond that the next ones are not written. */
const MOST_WAITING = 20

/** A writer into a folder; `onFailed` hears the system's code of a report that could not be written. */
export function reportWriter(host: Host, folder: string, onFailed: (code: string) => void): ReportWriter {
  let waiting = 0
  let writing = Promise.resolve()
  const put = async (death: Death) => {
    try {
      await keepReport(host.fs, folder, death)
    } catch (error) {
      onFailed(systemCode(error) ?? String(error))
    }
    waiting--
  }
  return {
    write: (death) => {
      if (waiting >= MOST_WAITING) return onFailed('EBUSY')
      waiting++
      writing = writing.then(() => put(death))
    },
    settle: async (mostMs) => {
      const done = new AbortController()
      await Promise.race([writing, host.clock.sleep(mostMs, done.signal)])
      done.abort()
    },
  }
}
