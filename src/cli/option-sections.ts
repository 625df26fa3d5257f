import type { Option } from '../settings/option.ts'
import { doorOptions } from '../settings/options/doors.ts'
import { identityOptions } from '../settings/options/identity.ts'
import { placeOptions } from '../settings/options/places.ts'
import { serviceOptions } from '../settings/options/services.ts'

/** One option as help and reference list it. */
export type ListedOption = {
  readonly env: string
  /** `--port PORT`; empty where there is none. */
  readonly flag: string
  readonly about: string
}

/** The option table in its sections. */
export function optionSections(): readonly {
  readonly title: string
  readonly options: readonly ListedOption[]
}[] {
  return [
    section('Places', placeOptions),
    section('Identity', identityOptions),
    section('Services', serviceOptions),
    section('Doors', doorOptions),
  ]
}

function section(title: string, options: Readonly<Record<string, Pick<Option<never>, Shown>>>) {
  return { title, options: Object.values(options).map(listed) }
}

type Shown = 'env' | 'flag' | 'value' | 'about' | 'only'

function listed({ env, flag, value, about, only }: Pick<Option<never>, Shown>): ListedOption {
  return { env, flag: only === 'env' ? '' : `--${flag} ${value}`, about }
}
