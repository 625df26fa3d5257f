import type { OpenDoors } from './doors.ts'

/** What was typed, and what the entry lends to the boot. */
export type Input = {
  /** Our own flags by name without dashes, e.g. `port` → `8189`. */
  readonly flags: Readonly<Record<string, string>>
  /** Arguments meant for ComfyUI. */
  readonly comfyArgs: readonly string[]
  readonly openDoors: OpenDoors
}
