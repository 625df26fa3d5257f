import type { Tell } from '../../base/event.ts'
import type { Ending } from '../../base/exit-code.ts'
import type { Clock } from '../../host/clock.ts'
import type { Mode } from './life.ts'
import type { Output } from './output.ts'

/** One run of a service: its process, its mode, when it began on the monotonic clock, and what it says. */
export type Run = {
  readonly service: string
  readonly pid: number
  readonly mode: Mode
  readonly startMs: number
  readonly output: Output
}

/** Tells that a run ended and nobody had asked it to, once its last lines are out. */
export async function tellDeath(
  run: Run,
  ending: Ending,
  to: { readonly clock: Clock; readonly tell: Tell },
) {
  const { service, pid, mode, startMs, output } = run
  const uptimeMs = Math.round(to.clock.monotonicMs() - startMs)
  await output.drained()
  to.tell({ type: 'service-death', service, pid, ending, uptimeMs, isSafe: mode === 'safe' })
}
