import type { Host } from '../../host/host.ts'

/** Variable by which all that a trial started is known, whatever group it went to. */
export const MARK = 'COMFY_INIT_TRIAL'

/** Whoever forks while it is looked for is found by a later look; so many at most, with so long between, milliseconds. */
const LOOKS = 20
const PAUSE_MS = 25

/** Kills a trial's group and whatever left that; resolves when nothing of it is found any more. */
export async function endTrial(host: Host, group: number, mark: string): Promise<void> {
  host.signals.send(-group, 'SIGKILL')
  for (let look = 0; look < LOOKS; look++) {
    const left = await marked(host, `${MARK}=${mark}`)
    if (left.length === 0) return
    for (const pid of left) host.signals.send(pid, 'SIGKILL')
    await host.clock.sleep(PAUSE_MS)
  }
}

// Others' environments cannot be read (EACCES), and a process that ends meanwhile has none (ESRCH): neither is ours to end.
// A zombie's is empty.
async function marked({ fs }: Pick<Host, 'fs'>, variable: string): Promise<readonly number[]> {
  const pids = ((await fs.list('/proc')) ?? []).map(Number).filter(Number.isInteger)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = await fs.readText(`/proc/${pid}/environ`).catch(() => undefined)
      return text?.split('\0').includes(variable) === true
    }),
  )
  return pids.filter((_, at) => found[at])
}
