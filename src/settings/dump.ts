import { originText } from './explain.ts'
import { type OptionKey, type Origins, optionKeys, type Settings } from './settings.ts'

/** One value as JSON takes it: a secret as `***`, nothing set as null. */
export type Dumped = {
  readonly value: string | number | boolean | readonly string[] | null
  readonly origin: string
}

/** All settings as JSON-able data, secrets masked; for the report, doctor and `--json`. */
export function dump(settings: Settings, origins: Origins): Readonly<Record<OptionKey, Dumped>> {
  const entries = optionKeys.map((key): [OptionKey, Dumped] => [
    key,
    { value: plain(key, settings), origin: originText(key, origins[key]) },
  ])
  return Object.fromEntries(entries) as Record<OptionKey, Dumped>
}

function plain(key: OptionKey, settings: Settings): Dumped['value'] {
  const value = settings[key]
  if (value === undefined) return null
  // The only values that are objects and no lists are secrets.
  return typeof value === 'object' && !Array.isArray(value) ? '***' : value
}
