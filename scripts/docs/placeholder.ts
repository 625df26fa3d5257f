/** What stands for a number where a text will not do: 12 GiB, a size that says what it is. */
const NUMBER = 12 * 1024 ** 3

/**
 * A value that stands for any details of a problem: each property is again such a value, as a text it is `<name>`, as a
 * number 12 GiB, as a list one `<name>`. With it every wording of the catalogue can be shown without making details up.
 */
export function placeholder(name: string): unknown {
  const text = `<${name}>`
  const shape = () => text
  return new Proxy(shape, { get: (_, property) => memberOf(name, text, property) })
}

function memberOf(name: string, text: string, property: string | symbol): unknown {
  if (property === Symbol.toPrimitive) return (hint: string) => (hint === 'number' ? NUMBER : text)
  if (property === Symbol.iterator) return [placeholder(name)][Symbol.iterator].bind([placeholder(name)])
  if (typeof property === 'symbol') return undefined
  if (property === 'length') return 2
  if (property === 'toString' || property === 'toJSON') return () => text
  if (property in Number.prototype && !(property in Object.prototype)) return () => text
  if (property in Array.prototype) return methodOf([placeholder(name)], property)
  if (property in String.prototype) return methodOf(text, property)
  return placeholder(/^\d+$/.test(property) ? name : property)
}

function methodOf(holder: object | string, property: string): unknown {
  const member: unknown = Reflect.get(Object(holder), property)
  return typeof member === 'function' ? member.bind(holder) : member
}
