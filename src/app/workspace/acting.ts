import { makeBus, type Tell } from '../../base/event.ts'
import type { ProblemText, Runtime } from '../../base/problem.ts'
import type { Report } from '../../base/report.ts'
import type { Host } from '../../host/host.ts'
import type { Settings } from '../../settings/settings.ts'
import { ask } from '../ask.ts'
import type { Input } from '../input.ts'
import { logTo } from '../log.ts'
import { listenForStop, type StopRequest } from '../stop-request.ts'

/** What an act in the workspace works with: its steps are logged as those of a boot. */
export type Acting = { readonly settings: Settings; readonly tell: Tell; readonly stop: StopRequest }

/** Asks for the settings and opens the log. */
export async function beginActing(host: Host, input: Pick<Input, 'flags' | 'comfyArgs'>): Promise<Acting> {
  const stop = listenForStop(host)
  const { settings, problems } = await ask(host, input)
  const bus = makeBus()
  bus.listen(logTo(host, settings))
  for (const problem of problems) bus.tell({ type: 'problem', problem })
  if (settings.umask !== undefined) host.users.umask(settings.umask)
  return { settings, tell: bus.tell, stop }
}

/** What was done, as data: the steps that ran, and all that was wrong. */
export type Done = {
  readonly steps: readonly Pick<Report['steps'][number], 'id' | 'title' | 'result' | 'ms'>[]
  readonly problems: readonly ProblemText[]
  /** The signal that ended it early. */
  readonly stoppedBy: NodeJS.Signals | undefined
}

/** A report as data. */
export function doneBy({ steps, problems }: Report, runtime: Runtime, stop: StopRequest): Done {
  return {
    steps: steps
      .filter(({ result }) => result !== 'not-reached')
      .map(({ id, title, result, ms }) => ({ id, title, result, ms })),
    problems: problems.map((each) => each.in(runtime)),
    stoppedBy: stop.signal.aborted ? stop.name() : undefined,
  }
}

/** Nothing done, nothing wrong. */
export const NOTHING_DONE: Done = { steps: [], problems: [], stoppedBy: undefined }
