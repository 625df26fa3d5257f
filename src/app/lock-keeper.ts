import type { Tell } from '../base/event.ts'
import { layoutOf } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import type { Facts } from '../facts/facts.ts'
import { type Taken, takeLock } from '../features/workspace/lock.ts'
import { type OwnerHere, ownerHere } from '../features/workspace/lock-owner.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { tellWaiting, type Waiting } from './tell-waiting.ts'

/** Whether the workspace is ours now, and what is wrong with that. `looksOld`: others were there since it was last looked at. */
export type Guard = { readonly looksOld: boolean; readonly problems: readonly Problem[] }

/** Has the workspace for this boot, from when it is taken until the end. */
export type LockKeeper = {
  /** Aborted by the request to stop and by the loss of the lock: nothing new is begun then. */
  readonly signal: AbortSignal
  /** Aborted by the loss of the lock alone. */
  readonly lost: AbortSignal
  /** Somebody else has the workspace: nothing in it may be changed, not even our report. */
  readonly isAnothers: () => boolean
  /** What came of having it, once it was lost. */
  readonly problems: () => readonly Problem[]
  /** What the lock file says now; to be read before looking around. */
  readonly read: () => Promise<string | undefined>
  /** Takes the lock, once, as COMFY_LOCK says: waits for its owner to end, or refuses. */
  readonly take: (facts: Facts, read: string | undefined) => Promise<Guard>
  readonly release: () => Promise<void>
}

/** What taking needs. */
export type Keeping = Waiting & { readonly settings: Settings; readonly stop: AbortSignal }

/** How often the lock is asked for while another has it, milliseconds. */
const ASK_EVERY_MS = 1000

/** A keeper that has nothing yet. */
export function lockKeeper(host: Host, keeping: Keeping): LockKeeper {
  const lost = new AbortController()
  let taken: Taken | undefined
  // Asked for early: it is known by the time that everything else was looked at.
  let here: Promise<OwnerHere> | undefined
  return {
    signal: AbortSignal.any([keeping.stop, lost.signal]),
    lost: lost.signal,
    isAnothers: () => taken?.state === 'busy' || lost.signal.aborted,
    problems: () => (lost.signal.aborted ? [lost.signal.reason] : []),
    read: () => {
      here ??= ownerHere(host, keeping.settings.instance)
      return host.fs.readText(layoutOf(keeping.settings.workspace).lockFile).catch(() => undefined)
    },
    take: async (facts, read) => {
      const outcome = await takeAsAsked(host, keeping, { ...facts, ...(here && { here }) })
      taken = outcome.taken
      if (taken.state === 'held') passOn(taken.lock.lost, keeping.tell, lost)
      // A wait that was ended is no refusal: it needs no words.
      if (taken.state === 'busy' && keeping.stop.aborted) return { looksOld: false, problems: [] }
      return guardOf(outcome, facts.workspace.path, read)
    },
    release: async () => (taken?.state === 'held' ? taken.lock.release() : undefined),
  }
}

function passOn(from: AbortSignal, tell: Tell, to: AbortController): void {
  from.addEventListener('abort', () => {
    tell({ type: 'problem', problem: from.reason })
    to.abort(from.reason)
  })
}

function guardOf({ taken, waited }: Outcome, path: string, read: string | undefined): Guard {
  switch (taken.state) {
    case 'held':
      // A file that was not there is empty once it is opened: nobody else was here.
      return { looksOld: waited || taken.found !== (read ?? ''), problems: [] }
    case 'busy':
      return { looksOld: false, problems: [new Problem('WORKSPACE_IN_USE', { path, ...taken })] }
    case 'unkept': {
      const details = { path: layoutOf(path).lockFile, code: taken.code }
      const level = IN_ITS_PLACE.has(taken.code) ? 'blocking' : 'warning'
      return { looksOld: waited, problems: [new Problem('LOCK_NOT_KEPT', details, { level })] }
    }
  }
}

/** A folder, a link or a pipe where the lock belongs: somebody's mistake, which can be mended. */
const IN_ITS_PLACE = new Set(['EISDIR', 'ELOOP', 'ENOTSUP', 'ENXIO'])

type Seen = Pick<Facts, 'workspace' | 'ports'> & { readonly here?: Promise<OwnerHere> }

type Outcome = { readonly taken: Taken; readonly waited: boolean }

async function takeAsAsked(host: Host, keeping: Keeping, { workspace, ports, here }: Seen): Promise<Outcome> {
  const { settings, stop, tell } = keeping
  const { instance } = settings
  const filesystem = workspace.mount?.filesystem
  const wish = { layout: layoutOf(workspace.path), instance, filesystem, ...(here && { here }) }
  // Where the other one has our port too, the doors stay shut until it is free.
  const canOpen = ports.every(({ use, free }) => use !== 'http' || free)
  const beforeWaiting = canOpen ? keeping.beforeWaiting : () => Promise.resolve()
  const waiting = tellWaiting(host, { tell, beforeWaiting }, workspace.path)
  for (;;) {
    const taken = await takeLock(host, wish, { onDoubt: waiting.doubt, signal: stop })
    if (taken.state !== 'busy' || settings.lock === 'refuse' || stop.aborted)
      return { taken, waited: waiting.end(taken.state === 'held') }
    await waiting.wait(taken)
    await host.clock.sleep(ASK_EVERY_MS, stop)
  }
}
