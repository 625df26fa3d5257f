import type * as z from 'zod/mini'
import { nearest } from '../../../base/text.ts'

type Issue = z.core.$ZodIssue

/** What a schema found wrong, in sentences; for unknown keys with the one that was probably meant. */
export function faultsOf(issues: readonly Issue[], keys: readonly string[]): string {
  return issues.map((issue) => faultOf(issue, keys)).join(' ')
}

function faultOf(issue: Issue, keys: readonly string[]): string {
  const at = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, at, keys)).join(' ')
  // Of a record, the name of a variable is wrong: its own issue says how.
  const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined
  return `«${at}» ${inner ?? issue.message}.`
}

function unknownKey(key: string, at: string, keys: readonly string[]): string {
  const near = nearest(key, keys)
  const where = at === '' ? '' : ` in ${at}`
  return `«${key}»${where} is no key${near === undefined ? '' : `; did you mean «${near}»?`}${near === undefined ? '.' : ''}`
}
