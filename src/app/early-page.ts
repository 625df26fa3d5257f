import type { Tell } from '../base/event.ts'
import { Problem } from '../base/problem.ts'
import type { Settings } from '../settings/settings.ts'
import type { Behind, OpenDoors } from './doors.ts'

/** The boot page on ComfyUI's own port, until ComfyUI needs it. */
export type EarlyPage = {
  /** Opens it, if it was asked for, is not open, and was never closed; a port that is taken is told once. */
  readonly open: () => Promise<void>
  /** Closes it for good; the port is free when this resolves. */
  readonly close: () => Promise<void>
}

/** What it needs: what a door shows, and who opens doors. */
export type Early = {
  readonly settings: Pick<Settings, 'bootPageOnComfyPort' | 'listen' | 'port'>
  readonly behind: Behind
  readonly openDoors: OpenDoors
  readonly tell: Tell
}

type State = { readonly is: 'shut' | 'over' } | { readonly is: 'open'; readonly close: () => Promise<void> }

/** A page that is not open yet. It is a courtesy: nothing that happens to it is more than a warning. */
export function earlyPage({ settings, behind, openDoors, tell }: Early): EarlyPage {
  let state: State = { is: 'shut' }
  let isTold = false
  let last = Promise.resolve()
  // One after the other: a page that is being opened is open before it is closed.
  const inTurn = (act: () => Promise<void>) => {
    last = last.then(act)
    return last
  }
  const open = async () => {
    if (state.is !== 'shut') return
    const places = { host: settings.listen, port: settings.port, socket: undefined, isEarly: true }
    try {
      state = { is: 'open', ...(await openDoors(behind, places)) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const problem = new Problem('EARLY_PAGE_CLOSED', { address: places.host, port: places.port, message })
      if (!isTold) tell({ type: 'problem', problem })
      isTold = true
    }
  }
  const close = async () => {
    const before = state
    state = { is: 'over' }
    if (before.is === 'open') await before.close()
  }
  return {
    open: () => (settings.bootPageOnComfyPort ? inTurn(open) : Promise.resolve()),
    close: () => inTurn(close),
  }
}
