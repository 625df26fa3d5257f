/** The fields of a JSON object by name; what they hold is not known. */
export type Fields = Readonly<Record<string, unknown>>

/** The fields of a text that is one JSON object; undefined for any other text. */
export function fieldsIn(text: string | undefined): Fields | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
