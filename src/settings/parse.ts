import { safeParse } from 'zod/mini'
import { Problem } from '../base/problem.ts'
import { redact } from '../base/secret.ts'
import { type OptionKey, optionOf, options, type Settings } from './settings.ts'
import type { Given } from './written.ts'

/** Longest part of a wrong value that is shown back, in characters. */
const SHOWN = 120

/** The value of an option from the text a person wrote, or what is wrong with it; blanks around a text fall away. */
export function parseGiven<K extends OptionKey>(key: K, given: Given): Settings[K] | Problem {
  const option = optionOf(key)
  const text = option.secret ? given.text : given.text.trim()
  const result = safeParse(options[key].schema, text)
  if (result.success) return result.data as Settings[K]
  const issue = result.error.issues[0]
  const entry = issue?.path[0]
  return new Problem('SETTING_INVALID', {
    name: given.origin.name,
    value: option.secret ? undefined : shown(text),
    must: `${typeof entry === 'number' ? `entry ${entry + 1}` : 'it'} ${issue?.message}`,
    accepts: option.value,
    fallback: option.why,
  })
}

function shown(text: string): string {
  const safe = redact(text)
  return safe.length > SHOWN ? `${safe.slice(0, SHOWN)}…` : safe
}
