import type { Problem } from '../base/problem.ts'
import type { Hints } from './option.ts'
import type { OptionKey, Origin, Origins, Settings } from './settings.ts'

/** Everything a person wrote, read by the caller; nothing in settings/ touches a file. */
export type Written = {
  readonly env: Env
  /** Flag (without dashes) → text. */
  readonly flags?: Readonly<Record<string, string | undefined>>
  /** Arguments for ComfyUI that were given on the command line. */
  readonly comfyArgs?: readonly string[]
  readonly imageFile?: SettingsFile | undefined
  readonly workspaceFile?: SettingsFile | undefined
  /** Text of one of `secretFilePaths(env)`; undefined when it cannot be read. */
  readonly secretFiles: (path: string) => string | undefined
  readonly hints: Hints
}

/** Environment variables as the program was started with. */
export type Env = Readonly<Record<string, string | undefined>>

/** A settings file, parsed; its problems are told by `readSettings` with all others. */
export type SettingsFile = {
  readonly from: 'image-file' | 'workspace-file'
  readonly values: readonly { readonly key: OptionKey; readonly given: Given }[]
  readonly problems: readonly Problem[]
}

/** One value as it was written. */
export type Given = { readonly text: string; readonly origin: Origin }

/** What was read: complete settings, where each came from, and warnings. */
export type Read = {
  readonly settings: Settings
  readonly origins: Origins
  readonly problems: readonly Problem[]
}
