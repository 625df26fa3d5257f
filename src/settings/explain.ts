import { Problem } from '../base/problem.ts'
import { nearest } from '../base/text.ts'
import { textOf } from './example.ts'
import { type OptionKey, type Origin, type Origins, optionKeys, optionOf, type Settings } from './settings.ts'

/** One option with its value, as data for a door; secrets are masked. */
export type Explained = {
  readonly key: OptionKey
  readonly env: string
  /** `--port`; undefined for what only the environment can say. */
  readonly flag: string | undefined
  readonly aliases: readonly string[]
  /** As a person would write it; undefined when nothing is set and the default is found later. */
  readonly value: string | undefined
  /** `env COMFY_PORT`, `default`… */
  readonly origin: string
  /** The default with its reason. */
  readonly fallback: string
  readonly about: string
  readonly accepts: string
  readonly secret: boolean
}

/**
 * Every option, or the one that `name` means (key, variable, alias or flag, in any case), with its value and where that
 * came from. Throws OPTION_UNKNOWN for a name that is none.
 */
export function explain(settings: Settings, origins: Origins, name?: string): readonly Explained[] {
  const keys = name === undefined ? optionKeys : [keyOf(name)]
  return keys.map((key) => {
    const option = optionOf(key)
    return {
      key,
      env: option.env,
      flag: option.only === 'env' ? undefined : `--${option.flag}`,
      aliases: option.aliases ?? [],
      value: valueText(key, settings),
      origin: originText(key, origins[key]),
      fallback: option.why,
      about: option.about,
      accepts: option.value,
      secret: option.secret ?? false,
    }
  })
}

/** An option's value as a person would write it; `***` for a secret, undefined where nothing is set. */
export function valueText(key: OptionKey, settings: Settings): string | undefined {
  const value: unknown = settings[key]
  return value === undefined ? undefined : textOf(optionOf(key), value)
}

/** Where a value came from, in words. */
export function originText(key: OptionKey, origin: Origin): string {
  switch (origin.from) {
    case 'default':
      return 'default'
    case 'flag':
      return `flag ${origin.name}`
    case 'argument':
      return `ComfyUI argument ${origin.name}`
    case 'env':
      return `env ${origin.name}${optionOf(key).aliases?.includes(origin.name) ? ` (alias of ${optionOf(key).env})` : ''}`
    case 'workspace-file':
    case 'image-file':
      return `file ${origin.name}`
  }
}

function keyOf(name: string): OptionKey {
  const wanted = name.replace(/^--/, '').toLowerCase()
  const found = optionKeys.find((key) => spellings(key).includes(wanted))
  if (found !== undefined) return found
  const near = nearest(wanted, optionKeys.flatMap(spellings))
  const key = optionKeys.find((each) => near !== undefined && spellings(each).includes(near))
  throw new Problem('OPTION_UNKNOWN', { name, near: key && optionOf(key).env })
}

function spellings(key: OptionKey): readonly string[] {
  const { env, flag, aliases = [] } = optionOf(key)
  return [key, env, flag, ...aliases].map((each) => each.toLowerCase())
}
