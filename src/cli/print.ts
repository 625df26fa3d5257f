/** A value as one JSON document with a line end; sets become lists. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, (_, each: unknown) => (each instanceof Set ? [...each] : each), 2)}\n`
}
