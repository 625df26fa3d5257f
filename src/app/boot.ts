import { makeBus } from '../base/event.ts'
import { exitCodeOf } from '../base/exit-code.ts'
import type { Host } from '../host/host.ts'
import { ask } from './ask.ts'
import { doorKeeper } from './door-keeper.ts'
import type { Input } from './input.ts'
import { keepReport } from './keep-report.ts'
import { logTo } from './log.ts'
import { prepareServices } from './services.ts'
import { settle } from './settle.ts'
import { listenForStop } from './stop-request.ts'
import { watchOver } from './watch-over.ts'

/** From start to end: asks, looks, decides, acts, tells, then watches over the services. Resolves with the exit code. */
export async function boot(host: Host, input: Input): Promise<number> {
  const stop = listenForStop(host)
  const { settings, problems } = await ask(host, input)
  const bus = makeBus()
  bus.listen(logTo(host, settings))
  const doors = doorKeeper(host, { settings, bus, openDoors: input.openDoors })
  for (const problem of problems) bus.tell({ type: 'problem', problem })
  if (settings.umask !== undefined) host.users.umask(settings.umask)

  const settled = await settle(host, settings, {
    tell: bus.tell,
    signal: stop.signal,
    beforeActing: doors.open,
  })
  await keepReport(host, settled)
  if (stop.signal.aborted) return doors.close(128 + host.signals.number(stop.name() ?? 'SIGTERM'))
  if (settled.report.verdict === 'failed') {
    bus.tell({ type: 'phase', phase: 'failed' })
    return doors.close(
      exitCodeOf(
        settled.report.problems.filter((each) => each.level === 'blocking').map((each) => each.kind),
      ),
    )
  }

  const services = await prepareServices(host, settings, settled)
  for (const problem of services.problems) bus.tell({ type: 'problem', problem })
  return doors.close(
    await watchOver(host, { ...services, bus, stop, settings, doors, verdict: settled.report.verdict }),
  )
}
