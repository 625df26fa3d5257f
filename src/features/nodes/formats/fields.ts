import type { Fields } from '../../../base/json-fields.ts'

/** The value when it is a mapping. */
export function mapping(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

/** The mappings among a list’s items. */
export function mappings(value: unknown): readonly Fields[] {
  if (!Array.isArray(value)) return []
  return value.map(mapping).filter((each) => each !== undefined)
}

/** The value when it is a text that says something; YAML’s numbers are texts already. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
