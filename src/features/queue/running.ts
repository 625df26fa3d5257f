import type { Tell } from '../../base/event.ts'
import type { Layout } from '../../base/layout.ts'
import { Problem, systemCode } from '../../base/problem.ts'
import type { Settings } from '../../settings/settings.ts'
import type { ComfyuiQueue, QueueLook } from './comfyui-queue.ts'
import type { KeptPrompts } from './kept-prompts.ts'

/** A ComfyUI that runs, and all that is done about its queue. */
export type Running = {
  readonly comfyui: ComfyuiQueue
  readonly kept: KeptPrompts
  readonly layout: Layout
  readonly settings: Pick<Settings, 'stallMs' | 'onStall' | 'drainMs'>
  readonly tell: Tell
  /** Process group of ComfyUI. */
  readonly group: number
  /** It runs without its nodes: what was kept waits for them. */
  readonly isSafe: boolean
  readonly isGpuBusy: () => boolean | undefined
  readonly restart: (why: string) => void
  readonly onLook: (look: QueueLook) => void
  /** It works no more, or works again, in words. */
  readonly onStalled: (text: string | undefined) => void
}

/** Tells that the queue could not be kept; without an error, because ComfyUI did not write it out. */
export function tellNotKept(running: Pick<Running, 'tell' | 'layout'>, error: unknown): void {
  tellTrouble(running, 'QUEUE_NOT_KEPT', error)
}

/** Tells that the file of kept prompts could not be read or changed. */
export function tellNotRead(running: Pick<Running, 'tell' | 'layout'>, error: unknown): void {
  tellTrouble(running, 'QUEUE_NOT_READ', error)
}

// What is no error of the system is a mistake of this program, and is told as what it is.
function tellTrouble(
  { tell, layout: { queueFile: path } }: Pick<Running, 'tell' | 'layout'>,
  code: 'QUEUE_NOT_KEPT' | 'QUEUE_NOT_READ',
  error: unknown,
): void {
  const reason = systemCode(error)
  if (error !== undefined && (reason === undefined || reason.startsWith('ERR_'))) {
    tell({ type: 'note', level: 'error', text: `Cannot look after ComfyUI’s queue: ${error}.` })
    return
  }
  const problem =
    code === 'QUEUE_NOT_KEPT'
      ? new Problem(code, { path, reason })
      : new Problem(code, { path, reason: reason ?? 'nothing' })
  tell({ type: 'problem', problem })
}
