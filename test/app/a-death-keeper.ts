import { deathKeeper, type Keeping } from '../../src/app/death-keeper.ts'
import type { Death } from '../../src/base/death.ts'
import { type Event, makeBus, type ServiceState } from '../../src/base/event.ts'
import type { Ending } from '../../src/base/exit-code.ts'
import { layoutOf } from '../../src/base/layout.ts'
import { type Host, realHost } from '../../src/host/host.ts'
import { COMFYUI, JUPYTER } from '../features/deaths/an-evidence.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { aSettings } from '../support/world.ts'

const MACHINE = realHost()
/** A crash with a code of its own. */
export const CRASHED: Ending = { code: 7, signal: null }

/** A keeper whose events are told by hand, on a clock that stands still; reports go into a folder of the test's. */
export async function aKeeper(overrides: Partial<Keeping> = {}, fs: Partial<Host['fs']> = {}) {
  const clock = { ...virtualClock(), now: () => Date.UTC(2026, 10, 21, 12) }
  const host = { ...MACHINE, clock, fs: { ...MACHINE.fs, ...fs } }
  const bus = makeBus()
  const told: Event[] = []
  bus.listen((event) => void told.push(event))
  const layout = layoutOf(await tempFolder())
  const services = [COMFYUI, JUPYTER]
  const keeper = deathKeeper(host, { bus, layout, services, settings: aSettings(), ...overrides })
  const state = (state: ServiceState, pid?: number, service = 'comfyui') =>
    bus.tell({ type: 'service-state', service, state, ...(pid === undefined ? {} : { pid }) })
  const line = (text: string, service = 'comfyui') =>
    bus.tell({ type: 'service-line', service, stream: 'stderr', bytes: Buffer.from(text) })
  const die = (pid: number, ending = CRASHED, service = 'comfyui') =>
    bus.tell({ type: 'service-death', service, pid, ending, uptimeMs: 1000, isSafe: false })
  return { keeper, bus, clock, layout, state, line, die, told, deaths: () => deathsIn(told) }
}

function deathsIn(told: readonly Event[]): readonly Death[] {
  return told.flatMap((event) => (event.type === 'death' ? [event.death] : []))
}

/** What was told in words. */
export const notes = (told: readonly Event[]) =>
  told.flatMap((event) => (event.type === 'note' ? [event.text] : []))
