import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ask } from '../../../src/app/ask.ts'
import { doorKeeper } from '../../../src/app/door-keeper.ts'
import { lockKeeper } from '../../../src/app/lock-keeper.ts'
import { logTo } from '../../../src/app/log.ts'
import { prepareServices } from '../../../src/app/services.ts'
import { settle } from '../../../src/app/settle.ts'
import { listenForStop } from '../../../src/app/stop-request.ts'
import { watchOver } from '../../../src/app/watch-over.ts'
import { type Bus, makeBus } from '../../../src/base/event.ts'
import type { RestartPolicy } from '../../../src/base/service.ts'
import { realHost } from '../../../src/host/host.ts'
import { doorsOn } from '../../../src/http/doors.ts'

/** Started again at once and for ever. */
const RESTART: RestartPolicy = {
  when: 'always',
  limit: 1e9,
  windowMs: 600_000,
  firstDelayMs: 0,
  mostDelayMs: 0,
  hopeless: [],
}

void spree(process.argv.slice(2).map(Number))

/**
 * A boot as the program does it, but for the restarts. At each of these numbers of deaths the service is let live for a while
 * and /bench/memory is told the number, PSS, RSS and used heap (KiB).
 */
async function spree(counts: readonly number[]): Promise<void> {
  const host = realHost()
  const stop = listenForStop(host)
  const { settings } = await ask(host, { flags: {}, comfyArgs: [] })
  const bus = makeBus()
  bus.listen(logTo(host, settings))
  const doors = doorKeeper(host, { settings, bus, openDoors: doorsOn(host) })
  const lock = lockKeeper(host, { settings, tell: bus.tell, stop: stop.signal, beforeWaiting: doors.open })
  const settled = await settle(host, settings, { tell: bus.tell, lock, beforeActing: doors.open })
  const services = await prepareServices(host, settings, settled)
  const specs = services.specs.map((spec) => ({ ...spec, restart: RESTART }))
  lookAt(bus, counts)
  const { verdict } = settled.report
  const watching = { settings, bus, stop, doors, lock, verdict, ...settled }
  process.exit(await watchOver(host, { ...services, ...watching, specs }))
}

function lookAt(bus: Bus, counts: readonly number[]): void {
  let deaths = 0
  let pid: number | undefined
  bus.listen((event) => {
    if (event.type === 'service-state') pid = event.pid
    if (event.type !== 'death') return
    deaths++
    if (!counts.includes(deaths)) return
    writeFileSync('/bench/live', '')
    setTimeout(() => {
      note(deaths)
      if (deaths >= Math.max(...counts)) process.exit(0)
      rmSync('/bench/live')
      if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    }, 5000)
  })
}

function note(deaths: number): void {
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  const sizes = readFileSync('/proc/self/smaps_rollup', 'utf8')
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(sizes)?.[1])
  const heap = Math.round(process.memoryUsage().heapUsed / 1024)
  appendFileSync('/bench/memory', `${JSON.stringify({ deaths, pss: kib('Pss'), rss: kib('Rss'), heap })}\n`)
}
