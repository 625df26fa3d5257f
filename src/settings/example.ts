import { joinArguments } from './argument-list.ts'
import type { Hints, Option } from './option.ts'

/** A machine of which nothing is known but that it is a container. */
const ANY_CONTAINER: Hints = { inContainer: true, isMount: () => false, exists: () => false }

/** A right value of an option as a person may write it: its example, else its default; empty when it has neither. */
export function exampleOf(option: Option<unknown>): string {
  return option.example ?? textOf(option, option.fallback(ANY_CONTAINER))
}

/** A value of an option as a person would write it; empty for none. */
export function textOf({ show }: Option<unknown>, value: unknown): string {
  if (value === undefined) return ''
  if (show !== undefined) return show(value)
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return Array.isArray(value) ? joinArguments(value) : String(value)
}
