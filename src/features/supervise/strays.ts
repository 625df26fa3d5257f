import { basename } from 'node:path'
import type { Tell } from '../../base/event.ts'
import { shortList } from '../../base/text.ts'
import type { Host } from '../../host/host.ts'
import { listProcesses, type Process } from './processes.ts'

/** Ends what left the groups of its service, once nothing of the services is left. */
export type Strays = {
  /** From now on so many milliseconds are left to all of it; a later call may only shorten that. */
  readonly within: (graceMs: number) => void
  /** TERM, what is left of the grace, KILL. Resolves at once where there is nobody to end, or where others may live. */
  readonly end: () => Promise<void>
}

/** The least and the most time that all are given after TERM, and the pause between two looks; milliseconds. */
const LEAST_MS = 300
const MOST_MS = 2000
const LOOK_MS = 20

/** To be called before the first service is started: what is there by then is never touched. */
export function strays(host: Pick<Host, 'fs' | 'self' | 'clock' | 'signals'>, tell: Tell): Strays {
  const before = mayBeAlone(host) ? Promise.all([listProcesses(host), isOursAlone(host)]) : undefined
  let deadlineMs = Number.POSITIVE_INFINITY
  const endOf = (startMs: number) => Math.max(startMs + LEAST_MS, Math.min(deadlineMs, startMs + MOST_MS))
  return {
    within: (graceMs) => {
      deadlineMs = Math.min(deadlineMs, host.clock.monotonicMs() + graceMs)
    },
    end: async () => {
      const [others, isAlone] = (await before) ?? [[], false]
      if (!isAlone) return
      const left = () => strayed(host, new Set(others.map(identityOf)))
      const found = await left()
      if (found.length === 0) return
      tell({
        type: 'note',
        level: 'info',
        text: `Ended too: ${namesOf(found)}, which had left their services.`,
      })
      for (const { pid } of found) host.signals.send(pid, 'SIGTERM')
      const startMs = host.clock.monotonicMs()
      while (host.clock.monotonicMs() < endOf(startMs)) {
        if ((await left()).length === 0) return
        await host.clock.sleep(LOOK_MS)
      }
      for (const { pid } of await left()) host.signals.send(pid, 'SIGKILL')
    },
  }
}

// A machine has thousands of processes: they are not looked at for nothing.
function mayBeAlone({ self }: Pick<Host, 'self'>): boolean {
  return self.pid === 1 || self.ppid === 1
}

// PID 1 is the init that runs us, or we: then this PID namespace was made for us. A machine's own has another PID 1.
async function isOursAlone({ fs, self }: Pick<Host, 'fs' | 'self'>): Promise<boolean> {
  if (self.pid === 1) return true
  const words = (await fs.readText('/proc/1/cmdline').catch(() => undefined))?.split('\0') ?? []
  return words.some((word) => basename(word) === basename(self.file))
}

// Others' are those that were there before us or came in from outside (docker exec: no parent here), and what they started;
// and whoever we may not signal, being another user's.
async function strayed(
  host: Pick<Host, 'fs' | 'self' | 'signals'>,
  before: ReadonlySet<string>,
): Promise<readonly Process[]> {
  const all = await listProcesses(host)
  const byPid = new Map(all.map((each) => [each.pid, each]))
  const isRoot = (pid: number) => pid === 1 || pid === host.self.pid
  const isOthers = (process: Process): boolean => {
    if (isRoot(process.pid)) return false
    if (process.parent === 0 || before.has(identityOf(process))) return true
    const above = byPid.get(process.parent)
    return above !== undefined && isOthers(above)
  }
  return all.filter((each) => !isRoot(each.pid) && !isOthers(each) && host.signals.send(each.pid, 0))
}

// Numbers are given again, but not at the same time.
function identityOf({ pid, startTicks }: Process): string {
  return `${pid} ${startTicks}`
}

function namesOf(found: readonly Process[]): string {
  return shortList(found.map(({ name, pid }) => `${name} (${pid})`))
}
