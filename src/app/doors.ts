import type { Secret } from '../base/secret.ts'
import type { Feed } from './feed.ts'
import type { Gauges } from './gauges.ts'
import type { Metric } from './metrics-names.ts'
import type { Status } from './status.ts'

/** What a door may ask of the running program. */
export type Behind = {
  readonly status: () => Status
  /** Whether ComfyUI answers at this moment. */
  readonly answers: () => Promise<boolean>
  /** Whether ComfyUI has been ready since the program started. */
  readonly wasReady: () => boolean
  /** The services. */
  readonly services: () => readonly ServiceName[]
  /** Acts on a service; resolves with what came of it. */
  readonly control: (service: string, act: Act) => Promise<Outcome>
  /** Path of a service's log file; undefined when there is none of that name. */
  readonly logFile: (service: string) => string | undefined
  /** What others measure, as last measured. */
  readonly gauges: () => Gauges
  /** Everything that can be measured, as it is now. */
  readonly metrics: () => Promise<readonly Metric[]>
  /** What happens, as it happens. */
  readonly feed: Feed
  /** Lets its bearer act over the network; undefined: nobody may. */
  readonly token: Secret | undefined
  /** Milliseconds since the program started; never goes back. */
  readonly elapsedMs: () => number
}

/** A service by its name and as people call it. */
export type ServiceName = { readonly name: string; readonly title: string }

/** What can be asked of a service. */
export type Act = 'start' | 'stop' | 'restart'

/**
 * What came of asking: `absent` where there is no such service, `overtaken` where a stop was followed by a start before
 * it was over, `ending` while everything is being stopped.
 */
export type Outcome = 'done' | 'absent' | 'overtaken' | 'ending'

/** Where the doors are: a TCP address for reading, and a unix socket (mode 0600) that may also act. */
export type DoorPlaces = {
  readonly host: string
  readonly port: number
  readonly socket: string | undefined
  /** The place is ComfyUI's own: only the boot page can be had there, and whoever asks for more is to come again. */
  readonly isEarly?: boolean
}

/** Opens the doors; `close` ends open connections. Throws when an address cannot be bound. */
export type OpenDoors = (
  behind: Behind,
  places: DoorPlaces,
) => Promise<{ readonly close: () => Promise<void> }>
