/**
 * What an answer must look like. `'number'`, `'string|null'` and the like name JSON types, `'=text'` is that very text,
 * `'any'` is anything; `[]` is an empty list, `[shape]` a list of such, a longer list a tuple; an object has just these
 * keys, or with the key `*` any keys with such values.
 */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape }

/** Every place where a value is not of the shape, as one line each; empty when it is. */
export function differences(shape: Shape, value: unknown, path = '$'): readonly string[] {
  if (typeof shape === 'string') return textDifferences(shape, value, path)
  if (isList(shape)) return listDifferences(shape, value, path)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path}: an object is wanted, not ${show(value)}`]
  return objectDifferences(shape, value, path)
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape)
}

function textDifferences(shape: string, value: unknown, path: string): readonly string[] {
  if (shape === 'any') return []
  if (shape.startsWith('=')) return value === shape.slice(1) ? [] : [`${path}: ${shape}, not ${show(value)}`]
  const kind = value === null ? 'null' : typeof value
  return shape.split('|').includes(kind) ? [] : [`${path}: ${shape} is wanted, not ${show(value)}`]
}

function listDifferences(shape: readonly Shape[], value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) return [`${path}: a list is wanted, not ${show(value)}`]
  const [only] = shape
  if (shape.length === 1 && only !== undefined) {
    if (value.length === 0) return [`${path}: the list is empty`]
    return value.flatMap((item, at) => differences(only, item, `${path}[${at}]`))
  }
  if (value.length !== shape.length) return [`${path}: ${shape.length} items are wanted, not ${value.length}`]
  return shape.flatMap((each, at) => differences(each, value[at], `${path}[${at}]`))
}

function objectDifferences(
  shape: { readonly [key: string]: Shape },
  value: object,
  path: string,
): readonly string[] {
  const found = new Map(Object.entries(value))
  const each = shape['*']
  if (each !== undefined) {
    if (found.size === 0) return [`${path}: the object is empty`]
    return [...found].flatMap(([key, item]) => differences(each, item, `${path}.${key}`))
  }
  const extra = [...found.keys()].filter((key) => !(key in shape)).map((key) => `${path}.${key}: not wanted`)
  const wanted = Object.entries(shape).flatMap(([key, part]) =>
    found.has(key) ? differences(part, found.get(key), `${path}.${key}`) : [`${path}.${key}: missing`],
  )
  return [...wanted, ...extra]
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 120)
}
