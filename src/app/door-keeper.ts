import type { Bus, Tell } from '../base/event.ts'
import { Problem } from '../base/problem.ts'
import type { Secret } from '../base/secret.ts'
import { version } from '../base/version.ts'
import { askedAt } from '../features/services/listen-address.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import { type Controlled, controlOf } from './control.ts'
import { controlSocket } from './control-folder.ts'
import type { Behind, DoorPlaces, OpenDoors } from './doors.ts'
import { earlyPage } from './early-page.ts'
import { makeFeed } from './feed.ts'
import { measure } from './metrics.ts'
import { keepTally } from './metrics-tally.ts'
import { keepStatus } from './status.ts'

/** What doors show and steer once services exist; `control` acts on a service, false when it cannot. */
export type Steered = Pick<Behind, 'answers' | 'services' | 'logFile'> &
  Controlled &
  Partial<Pick<Behind, 'gauges'>> & {
    /** What services may print and nobody may read at a door. */
    readonly secrets: readonly Secret[]
  }

/** Opens the doors once, whenever that is first asked for; closes them at the end. */
export type DoorKeeper = {
  /** What doors are shown, for whoever opens another one. */
  readonly behind: Behind
  readonly open: () => Promise<void>
  /** Lets the doors steer services from now on. */
  readonly steer: (steered: Steered) => void
  /** ComfyUI is about to need its port: it is free when this resolves, and none of our doors opens there again. */
  readonly leaveComfyPort: () => Promise<void>
  /** Closes the doors and gives the exit code through. */
  readonly close: (exitCode: number) => Promise<number>
}

/** Keeps the status from now on, and the doors to it. Doors that cannot be opened are a warning, never the end of a boot. */
export function doorKeeper(
  host: Host,
  { settings, bus, openDoors }: { settings: Settings; bus: Bus; openDoors: OpenDoors },
): DoorKeeper {
  let steered = NOTHING
  let opened: Promise<Open | undefined> | undefined
  const { behind, close } = keepBehind(host, { settings, bus, steered: () => steered })
  const early = earlyPage({ settings, behind, openDoors, tell: bus.tell })
  const open = async () => {
    const { httpListen, httpPort, instance } = settings
    const socket = await controlSocket(host, settings, bus.tell)
    return asFarAsPossible({
      openDoors,
      behind,
      places: { host: httpListen, port: httpPort, socket },
      instance,
      tell: bus.tell,
    })
  }
  return {
    behind,
    open: async () => {
      opened ??= open()
      await Promise.all([opened, early.open()])
    },
    steer: (next) => {
      steered = next
    },
    leaveComfyPort: early.close,
    close: async (exitCode) => {
      close()
      await Promise.all([early.close(), opened?.then((doors) => doors?.close())])
      return exitCode
    },
  }
}

const NOTHING: Steered = {
  answers: async () => false,
  services: () => [],
  control: async () => false,
  logFile: () => undefined,
  secrets: [],
}

type Keeping = { readonly settings: Settings; readonly bus: Bus; readonly steered: () => Steered }

function keepBehind(host: Host, { settings, bus, steered }: Keeping) {
  const elapsedMs = host.clock.monotonicMs
  const base = {
    version,
    instance: settings.instance,
    startedAt: new Date(host.clock.now() - elapsedMs()).toISOString(),
    addresses: addressesOf(settings),
  }
  const titleOf = (name: string) =>
    steered()
      .services()
      .find((each) => each.name === name)?.title ?? name
  const status = keepStatus(bus, base, titleOf)
  const feed = makeFeed(bus, { clock: host.clock, status, secrets: () => steered().secrets })
  const tally = keepTally(bus)
  const gauges = () => steered().gauges?.() ?? {}
  let wasReady = false
  bus.listen((event) => {
    if (event.type === 'phase') wasReady ||= event.phase === 'ready' || event.phase === 'degraded'
  })
  const behind: Behind = {
    status,
    answers: () => steered().answers(),
    wasReady: () => wasReady,
    services: () => steered().services(),
    control: controlOf(bus, steered),
    logFile: (service) => steered().logFile(service),
    gauges,
    metrics: () => measure(host, { status: status(), gauges: gauges(), tally, elapsedMs: elapsedMs() }),
    feed,
    token: settings.token,
    elapsedMs,
  }
  return { behind, close: feed.close }
}

type Open = Awaited<ReturnType<OpenDoors>>

type Opening = {
  readonly openDoors: OpenDoors
  readonly behind: Behind
  readonly places: DoorPlaces
  readonly instance: string
  readonly tell: Tell
}

// A control socket that cannot be had does not keep the probes from being answered here.
async function asFarAsPossible(opening: Opening): Promise<Open | undefined> {
  const { openDoors, behind, places, instance, tell } = opening
  try {
    return await openDoors(behind, places)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const { socket } = places
    if (socket !== undefined && message.includes(socket)) {
      tell({ type: 'problem', problem: controlProblem(error, { socket, message, instance }) })
      return asFarAsPossible({ ...opening, places: { ...places, socket: undefined } })
    }
    const problem = new Problem('DOOR_CLOSED', { address: places.host, port: places.port, message })
    tell({ type: 'problem', problem })
    return undefined
  }
}

type Failed = { readonly socket: string; readonly message: string; readonly instance: string }

// Sockets of the dead are replaced: one that is still in use has somebody who answers on it.
function controlProblem(error: unknown, { socket, message, instance }: Failed): Problem {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return isTaken
    ? new Problem('CONTROL_TAKEN', { socket, instance })
    : new Problem('CONTROL_CLOSED', { socket, bytes: Buffer.byteLength(socket), message })
}

function addressesOf(settings: Settings): Readonly<Record<string, string>> {
  const at = (listen: string, port: number) => `http://${inBrackets(askedAt(listen))}:${port}`
  return {
    comfyui: at(settings.listen, settings.port),
    ...(settings.jupyter ? { jupyter: at(settings.listen, settings.jupyterPort) } : {}),
    status: at(settings.httpListen, settings.httpPort),
  }
}

function inBrackets(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
