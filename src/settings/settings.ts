import type { Option } from './option.ts'
import { doorOptions } from './options/doors.ts'
import { identityOptions } from './options/identity.ts'
import { nodeOptions } from './options/nodes.ts'
import { placeOptions } from './options/places.ts'
import { serviceOptions } from './options/services.ts'
import { supervisionOptions } from './options/supervision.ts'
import { workspaceOptions } from './options/workspace.ts'

/** The option table, in the order of the reference. */
export const options = {
  ...placeOptions,
  ...workspaceOptions,
  ...identityOptions,
  ...nodeOptions,
  ...serviceOptions,
  ...supervisionOptions,
  ...doorOptions,
} as const

/** Key of an option, as in `settings.port`. */
export type OptionKey = keyof typeof options

/** What the program uses: complete, frozen, secrets wrapped. */
export type Settings = { readonly [K in OptionKey]: (typeof options)[K] extends Option<infer T> ? T : never }

/** The keys in table order. */
export const optionKeys = Object.keys(options) as readonly OptionKey[]

/** The option of a key, whatever its type. */
export function optionOf(key: OptionKey): Option<unknown> {
  return options[key]
}

/**
 * Where a value came from. `name` is what the person wrote and can look for: `--port`, `COMFY_PORT`, `PUID`,
 * `HF_TOKEN_FILE`, `port in /etc/comfy-init.yaml:3`, `--port in COMFY_ARGS`; `default`.
 */
export type Origin = {
  readonly from: 'argument' | 'flag' | 'env' | 'workspace-file' | 'image-file' | 'default'
  readonly name: string
}

/** Origin of each option's value. */
export type Origins = Readonly<Record<OptionKey, Origin>>
