import { makeBus } from '../base/event.ts'
import { exitCodeOf } from '../base/exit-code.ts'
import { blocking } from '../base/problem.ts'
import type { Facts } from '../facts/facts.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { ask } from './ask.ts'
import { doorKeeper } from './door-keeper.ts'
import type { Input } from './input.ts'
import { keepReport } from './keep-report.ts'
import { lockKeeper } from './lock-keeper.ts'
import { logTo } from './log.ts'
import type { Receipt } from './nodes/receipts.ts'
import { prepareServices } from './services.ts'
import { settle } from './settle.ts'
import { listenForStop } from './stop-request.ts'
import { type Watching, watchOver } from './watch-over.ts'

/** From start to end: asks, looks, decides, acts, tells, then watches over the services. Resolves with the exit code. */
export async function boot(host: Host, input: Input): Promise<number> {
  const stop = listenForStop(host)
  const { settings, problems } = await ask(host, input)
  const bus = makeBus()
  bus.listen(logTo(host, settings))
  const doors = doorKeeper(host, { settings, bus, openDoors: input.openDoors })
  for (const problem of problems) bus.tell({ type: 'problem', problem })
  if (settings.umask !== undefined) host.users.umask(settings.umask)
  const lock = lockKeeper(host, { settings, tell: bus.tell, stop: stop.signal, beforeWaiting: doors.open })
  try {
    return await doors.close(await run(host, { settings, bus, stop, doors, lock }))
  } finally {
    await lock.release()
  }
}

type Running = Pick<Watching, 'settings' | 'bus' | 'stop' | 'doors' | 'lock'>

async function run(host: Host, running: Running): Promise<number> {
  const { settings, bus, stop, doors, lock } = running
  const settled = await settle(host, settings, { tell: bus.tell, lock, beforeActing: doors.open })
  const { verdict, problems } = settled.report
  if (!lock.isAnothers()) await keepReport(host, settled, () => nodeReceipts(settings, settled.facts))
  if (stop.signal.aborted) return 128 + host.signals.number(stop.name() ?? 'SIGTERM')
  if (verdict === 'failed' || lock.isAnothers()) {
    bus.tell({ type: 'phase', phase: 'failed' })
    return exitCodeOf(blocking([...problems, ...lock.problems()]).map((each) => each.kind))
  }
  const services = await prepareServices(host, settings, { ...settled, tell: bus.tell })
  for (const problem of services.problems) bus.tell({ type: 'problem', problem })
  return watchOver(host, { ...services, ...running, ...settled, verdict })
}

// Only a boot that did something writes a report.
async function nodeReceipts(settings: Settings, facts: Facts): Promise<readonly Receipt[]> {
  const { receiptsOf, sceneOf } = await import('./nodes/view.ts')
  return receiptsOf(sceneOf(settings, facts))
}
