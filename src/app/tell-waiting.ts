import type { Tell } from '../base/event.ts'
import { type Owner, ownerText } from '../base/owner.ts'
import type { Host } from '../host/host.ts'

/** Whom to tell. `beforeWaiting` is called before the first wait. */
export type Waiting = { readonly tell: Tell; readonly beforeWaiting: () => Promise<void> }

/** Tells, as a step that works, for whom the boot waits. */
export type WaitingTeller = {
  /** It is to be seen whether an owner still lives. */
  readonly doubt: (owner: Owner) => Promise<void>
  /** An owner is waited for; to be called now and then. */
  readonly wait: (busy: Busy) => Promise<void>
  /** The wait is over; true when there was one. */
  readonly end: (isDone: boolean) => boolean
}

/** Who has the workspace, and whether from within this same container. */
export type Busy = { readonly owner: Owner | undefined; readonly isHere: boolean }

/** How often it is said again, milliseconds. */
const SAY_EVERY_MS = 30_000

const ID = 'workspace/lock'

/** A teller that has said nothing yet. */
export function tellWaiting(
  { clock }: Pick<Host, 'clock'>,
  { tell, beforeWaiting }: Waiting,
  path: string,
): WaitingTeller {
  let said: { readonly title: string; readonly startMs: number; readonly lastMs: number } | undefined
  const say = async (title: string) => {
    const nowMs = clock.monotonicMs()
    if (said === undefined) await beforeWaiting()
    if (said?.title !== title) tell({ type: 'step-started', id: ID, title })
    else if (nowMs - said.lastMs >= SAY_EVERY_MS)
      tell({ type: 'note', level: 'info', text: `${title}: still so.` })
    else return
    said = { title, startMs: said?.startMs ?? nowMs, lastMs: nowMs }
  }
  return {
    doubt: (owner) =>
      said === undefined ? say(`See whether ${ownerText(owner)} still uses ${path}`) : Promise.resolve(),
    wait: ({ owner, isHere }) => {
      const who = `${ownerText(owner)}${isHere ? `, process ${owner?.pid} of this container` : ''}`
      return say(`Wait for ${path}, used by ${who}`)
    },
    end: (isDone) => {
      if (said === undefined) return false
      const ms = Math.round(clock.monotonicMs() - said.startMs)
      tell({ type: 'step-done', id: ID, result: isDone ? 'done' : 'not-reached', ms })
      return true
    },
  }
}
