import type { Option } from '../settings/option.ts'
import { optionKeys, optionOf } from '../settings/settings.ts'
import { type CommandEntry, WHERE_OPTIONS } from './commands.ts'

/** The options of the table that a command takes as flags, in the order of the table. */
export function optionsFor({ options: which }: CommandEntry): readonly Option<unknown>[] {
  const keys = which === 'all' ? optionKeys : which === 'where' ? WHERE_OPTIONS : []
  return keys.map(optionOf).filter((option) => option.only !== 'env')
}
