import type { Host } from '../../host/host.ts'
import { SCRIPT_MARK } from './script-env.ts'

/** Looks that find nobody before it is believed: a process may be between two of its forks. */
const LOOKS = 2
const LOOK_MS = 20
const MOST_LOOKS = 100

/** Kills a script's group, and whoever has its mark, or runs its overlay's Python, and left that group. Resolves when nobody of them is left. */
export async function endMarked(host: Ending, group: number, mark: string): Promise<void> {
  host.signals.send(-group, 'SIGKILL')
  // Nobody else runs the Python of an overlay that is being made.
  const program = `${mark.slice(mark.indexOf(':') + 1)}/bin/`
  await endAll(host, (each, run) => each === mark || run.startsWith(program))
}

/** Kills what is left of the scripts of an earlier start, for overlays in a folder: they would write on into them. */
export async function endScriptsOf(host: Ending, packages: string): Promise<void> {
  await endAll(host, (each) => each.includes(`:${packages}/`))
}

/** The mark of a script's processes: its own, and it says for which overlay. */
export function markOf(host: Pick<Host, 'self' | 'chance'>, overlay: string): string {
  return `${host.self.pid}-${host.chance()}:${overlay}`
}

type Ending = Pick<Host, 'fs' | 'signals' | 'clock' | 'self'>

/** By the mark of a process, empty without one, and the program it was started by. */
type IsMeant = (mark: string, program: string) => boolean

async function endAll(host: Ending, isMeant: IsMeant): Promise<void> {
  for (let looks = 0, empty = 0; empty < LOOKS && looks < MOST_LOOKS; looks++) {
    const found = await marked(host, isMeant)
    for (const pid of found) host.signals.send(pid, 'SIGKILL')
    empty = found.length === 0 ? empty + 1 : 0
    if (found.length > 0) await host.clock.sleep(LOOK_MS)
  }
}

async function marked({ fs, self }: Pick<Host, 'fs' | 'self'>, isMeant: IsMeant): Promise<readonly number[]> {
  const names = (await fs.list('/proc').catch(() => undefined)) ?? []
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    // Another user's cannot be read, and one that ends is gone: neither is ours to end. A zombie's is empty.
    pids.map((pid) =>
      Promise.all([partsOf(fs, `/proc/${pid}/environ`), partsOf(fs, `/proc/${pid}/cmdline`)]),
    ),
  )
  return pids.filter((pid, at) => {
    const [env = [], args = []] = found[at] ?? []
    const line = env.find((each) => each.startsWith(`${SCRIPT_MARK}=`)) ?? ''
    return pid !== self.pid && isMeant(line.slice(SCRIPT_MARK.length + 1), args[0] ?? '')
  })
}

async function partsOf(fs: Host['fs'], path: string): Promise<readonly string[]> {
  return ((await fs.readText(path).catch(() => undefined)) ?? '').split('\0')
}
