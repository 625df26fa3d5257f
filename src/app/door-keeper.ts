import type { Bus, Tell } from '../base/event.ts'
import { CONTROL_SOCKET, runtimeFolders } from '../base/layout.ts'
import { Problem } from '../base/problem.ts'
import { version } from '../base/version.ts'
import type { Host } from '../host/host.ts'
import type { Settings } from '../settings/settings.ts'
import type { Behind, DoorPlaces, OpenDoors } from './doors.ts'
import { keepStatus } from './status.ts'

/** What doors show and steer once services exist. */
export type Steered = Omit<Behind, 'status'>

/** Opens the doors once, whenever that is first asked for; closes them at the end. */
export type DoorKeeper = {
  readonly open: () => Promise<void>
  /** Lets the doors steer services from now on. */
  readonly steer: (steered: Steered) => void
  /** Closes the doors and gives the exit code through. */
  readonly close: (exitCode: number) => Promise<number>
}

/** Keeps the status from now on, and the doors to it. Doors that cannot be opened are a warning, never the end of a boot. */
export function doorKeeper(
  host: Host,
  { settings, bus, openDoors }: { settings: Settings; bus: Bus; openDoors: OpenDoors },
): DoorKeeper {
  let steered: Steered = {
    answers: async () => false,
    services: () => [],
    control: async () => false,
    logFile: () => undefined,
  }
  let opened: Promise<Open | undefined> | undefined
  const status = keepStatus(bus, {
    version,
    instance: settings.instance,
    startedAt: new Date(host.clock.now() - host.clock.monotonicMs()).toISOString(),
    addresses: addressesOf(settings),
  })
  const behind: Behind = {
    status,
    answers: () => steered.answers(),
    services: () => steered.services(),
    control: (service, act) => steered.control(service, act),
    logFile: (service) => steered.logFile(service),
  }
  const open = async () => {
    const { httpListen, httpPort, instance } = settings
    const places = { host: httpListen, port: httpPort, socket: await socketPath(host, settings) }
    opened ??= asFarAsPossible({ openDoors, behind, places, instance, tell: bus.tell })
    await opened
  }
  return {
    open,
    steer: (next) => {
      steered = next
    },
    close: async (exitCode) => {
      await (await opened)?.close()
      return exitCode
    },
  }
}

type Open = Awaited<ReturnType<OpenDoors>>

type Opening = {
  readonly openDoors: OpenDoors
  readonly behind: Behind
  readonly places: DoorPlaces
  readonly instance: string
  readonly tell: Tell
}

// A control socket that another comfy-init answers on does not keep the probes from being answered here.
async function asFarAsPossible(opening: Opening): Promise<Open | undefined> {
  const { openDoors, behind, places, instance, tell } = opening
  try {
    return await openDoors(behind, places)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (places.socket !== undefined && message.includes(places.socket)) {
      tell({ type: 'problem', problem: new Problem('CONTROL_TAKEN', { socket: places.socket, instance }) })
      return asFarAsPossible({ ...opening, places: { ...places, socket: undefined } })
    }
    const problem = new Problem('DOOR_CLOSED', { address: places.host, port: places.port, message })
    tell({ type: 'problem', problem })
    return undefined
  }
}

function addressesOf(settings: Settings): Readonly<Record<string, string>> {
  const at = (listen: string, port: number) => `http://${listen === '0.0.0.0' ? '127.0.0.1' : listen}:${port}`
  return {
    comfyui: at(settings.listen, settings.port),
    ...(settings.jupyter ? { jupyter: at(settings.listen, settings.jupyterPort) } : {}),
    status: at(settings.httpListen, settings.httpPort),
  }
}

// The socket must be on a local filesystem, so it lies beside the workspace's life, in the first folder that takes it.
async function socketPath(host: Host, settings: Settings): Promise<string | undefined> {
  const folders = runtimeFolders(settings.runtimeFolder, settings.instance)
  for (const folder of folders) {
    try {
      await host.fs.makeFolder(folder, 0o700)
      if ((await host.fs.tryOut(folder)).create === undefined) return `${folder}/${CONTROL_SOCKET}`
    } catch {
      // the next folder is tried; without any, only reading over TCP is left
    }
  }
  return undefined
}
