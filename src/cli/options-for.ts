import type { Option } from '../settings/option.ts'
import { doorOptions } from '../settings/options/doors.ts'
import { identityOptions } from '../settings/options/identity.ts'
import { nodeOptions } from '../settings/options/nodes.ts'
import { placeOptions } from '../settings/options/places.ts'
import { serviceOptions } from '../settings/options/services.ts'
import { supervisionOptions } from '../settings/options/supervision.ts'
import { workspaceOptions } from '../settings/options/workspace.ts'
import { optionOf } from '../settings/settings.ts'
import { type CommandEntry, WHERE_OPTIONS } from './commands.ts'

/** Options of the table under the heading that help gives them. */
export type Section = { readonly title: string; readonly options: readonly Option<unknown>[] }

/** The option table in its sections, in the order of the table. */
export const SECTIONS: readonly Section[] = [
  { title: 'Places', options: Object.values<Option<unknown>>(placeOptions) },
  { title: 'Workspace', options: Object.values<Option<unknown>>(workspaceOptions) },
  { title: 'Identity', options: Object.values<Option<unknown>>(identityOptions) },
  { title: 'Nodes', options: Object.values<Option<unknown>>(nodeOptions) },
  { title: 'Services', options: Object.values<Option<unknown>>(serviceOptions) },
  { title: 'Supervision', options: Object.values<Option<unknown>>(supervisionOptions) },
  { title: 'Doors', options: Object.values<Option<unknown>>(doorOptions) },
]

/** The options of the table that a command takes as flags, in their sections. */
export function sectionsFor({ options: which }: CommandEntry): readonly Section[] {
  const where: readonly Option<unknown>[] = WHERE_OPTIONS.map(optionOf)
  const isTaken = (option: Option<unknown>) =>
    option.only !== 'env' && (which === 'all' || (which === 'where' && where.includes(option)))
  return SECTIONS.map(({ title, options }) => ({ title, options: options.filter(isTaken) }))
}

/** The same without the sections. */
export function optionsFor(entry: CommandEntry): readonly Option<unknown>[] {
  return sectionsFor(entry).flatMap(({ options }) => options)
}
