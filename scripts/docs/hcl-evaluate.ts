import type { Expression, Value } from './hcl.ts'

/** What names stand for, and the functions that a file makes. */
export type Scope = {
  readonly names: Readonly<Record<string, Value>>
  readonly functions: Readonly<Record<string, (args: readonly Value[]) => Value>>
}

/** What an expression comes to. Throws for a name or a function that nobody has made. */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.is) {
    case 'value':
      return expression.value
    case 'template':
      return expression.parts.map((each) => textOf(evaluate(each, scope))).join('')
    case 'list':
      return expression.items.map((each) => evaluate(each, scope))
    case 'map':
      return Object.fromEntries(expression.entries.map(([key, each]) => [key, evaluate(each, scope)]))
    case 'name':
      return nameOf(expression.path, scope)
    case 'item':
      return itemsOf(evaluate(expression.of, scope))[Number(evaluate(expression.at, scope))] ?? null
    case 'choice': {
      const [test, yes, no] = expression.of
      return evaluate(isTrue(evaluate(test, scope)) ? yes : no, scope)
    }
    case 'compare': {
      const [left, right] = expression.of.map((each) => evaluate(each, scope))
      return compare(expression.sign, left ?? null, right ?? null)
    }
    case 'call': {
      const { [expression.name]: made = BUILT_IN[expression.name] } = scope.functions
      if (made === undefined) throw new Error(`Cannot read HCL: no function ${expression.name}`)
      return made(expression.args.map((each) => evaluate(each, scope)))
    }
  }
}

/** A value as the text that a template makes of it. */
export function textOf(value: Value | undefined): string {
  return value === undefined || value === null ? '' : String(value)
}

function nameOf([first = '', ...rest]: readonly string[], { names }: Scope): Value {
  if (!(first in names)) throw new Error(`Cannot read HCL: nothing is called ${first}`)
  return rest.reduce<Value>((value, key) => {
    const inner = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
    return (inner as Readonly<Record<string, Value>>)[key] ?? null
  }, names[first] ?? null)
}

function isTrue(value: Value): boolean {
  return value === true || value === 'true'
}

function compare(sign: string, left: Value, right: Value): boolean {
  if (sign === '&&') return isTrue(left) && isTrue(right)
  if (sign === '||') return isTrue(left) || isTrue(right)
  return (textOf(left) === textOf(right)) === (sign === '==')
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
}

/** Functions of the language that bake files use. */
const BUILT_IN: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  equal: ([a = null, b = null]) => compare('==', a, b),
  notequal: ([a = null, b = null]) => compare('!=', a, b),
  and: ([a = null, b = null]) => compare('&&', a, b),
  or: ([a = null, b = null]) => compare('||', a, b),
  not: ([a = null]) => !isTrue(a),
  concat: (lists) => lists.flatMap(itemsOf),
  compact: ([list]) => itemsOf(list).filter((each) => textOf(each) !== ''),
  join: ([by, list]) => itemsOf(list).map(textOf).join(textOf(by)),
  split: ([by, text]) => textOf(text).split(textOf(by)),
  replace: ([text, from, to]) => textOf(text).replaceAll(textOf(from), textOf(to)),
  lower: ([text]) => textOf(text).toLowerCase(),
  trimprefix: ([text, start]) =>
    textOf(text).startsWith(textOf(start)) ? textOf(text).slice(textOf(start).length) : textOf(text),
  trimsuffix: ([text, end]) =>
    textOf(text).endsWith(textOf(end)) ? textOf(text).slice(0, -textOf(end).length) : textOf(text),
}
