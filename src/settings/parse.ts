import { safeParse } from 'zod/mini'
import { Problem } from '../base/problem.ts'
import { redact } from '../base/secret.ts'
import { exampleOf } from './example.ts'
import { type OptionKey, optionOf, options, type Settings } from './settings.ts'
import type { Given } from './written.ts'

/** Longest part of a wrong value that is shown back, in characters. */
const SHOWN = 120

/** The value of an option from the text a person wrote, or what is wrong with it; blanks around a text fall away. */
export function parseGiven<K extends OptionKey>(key: K, given: Given): Settings[K] | Problem {
  const option = optionOf(key)
  const text = given.text.trim()
  const result = safeParse(options[key].schema, text)
  if (result.success) return result.data as Settings[K]
  const issue = result.error.issues[0]
  const entry = issue?.path[0]
  return new Problem('SETTING_INVALID', {
    name: given.origin.name,
    value: option.secret ? undefined : shown(text),
    must: `${typeof entry === 'number' ? `entry ${entry + 1}` : 'it'} ${issue?.message}`,
    accepts: option.value,
    write: writing(key, given.origin),
    look: option.look,
    fallback: option.why,
  })
}

/** A right value in the form of the place where the wrong one was written; undefined for a secret. */
function writing(key: OptionKey, { from, name }: Given['origin']): string | undefined {
  const option = optionOf(key)
  if (option.secret) return undefined
  const example = exampleOf(option)
  const quoted = /[^\w@%+=:,./-]/.test(example) ? `'${example}'` : example
  switch (from) {
    case 'env':
    case 'flag':
      return `${name}=${quoted}`
    case 'argument':
      return name === 'command line' ? example : name.replace(/^--\S+/, (flag) => `${flag} ${example}`)
    case 'workspace-file':
    case 'image-file':
      return name.replace(/ in /, `: ${example} in `)
    case 'default':
      return `${option.env}=${quoted}`
  }
}

function shown(text: string): string {
  const safe = redact(text)
  return safe.length > SHOWN ? `${safe.slice(0, SHOWN)}…` : safe
}
