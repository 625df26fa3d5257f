import type { Status } from './status.ts'

/** What a door may ask of the running program. */
export type Behind = {
  readonly status: () => Status
  /** Whether ComfyUI answers at this moment. */
  readonly answers: () => Promise<boolean>
  /** Names of the services. */
  readonly services: () => readonly string[]
  /** Acts on a service; false when there is none of that name. */
  readonly control: (service: string, act: 'start' | 'stop' | 'restart') => Promise<boolean>
  /** Path of a service's log file; undefined when there is none of that name. */
  readonly logFile: (service: string) => string | undefined
}

/** Where the doors are: a TCP address for reading, and a unix socket (mode 0600) that may also act. */
export type DoorPlaces = { readonly host: string; readonly port: number; readonly socket: string | undefined }

/** Opens the doors; `close` ends open connections. Throws when an address cannot be bound. */
export type OpenDoors = (
  behind: Behind,
  places: DoorPlaces,
) => Promise<{ readonly close: () => Promise<void> }>
