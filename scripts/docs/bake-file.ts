import { type Block, type Expression, readHcl, type Value } from './hcl.ts'
import { evaluate, type Scope, textOf } from './hcl-evaluate.ts'

/** One image that a bake file builds, when no variable is given. */
export type BakeTarget = {
  readonly name: string
  readonly dockerfile: string
  readonly platforms: readonly string[]
  readonly args: Readonly<Record<string, string>>
  readonly tags: readonly string[]
}

/** A variable of a bake file, with its default and the comment above it. */
export type BakeVariable = { readonly name: string; readonly value: string; readonly comment: string }

type Attributes = Readonly<Record<string, Expression>>

/** The variables of a bake file, in order. */
export function bakeVariables(text: string): readonly BakeVariable[] {
  const blocks = readHcl(text)
  const { names } = scopeOf(blocks)
  return blocks
    .filter(({ kind }) => kind === 'variable')
    .map(({ label, comment }) => ({ name: label, value: textOf(names[label]), comment }))
}

/** The targets of a bake file that have tags, in order, with what they inherit; a matrix gives one for each of its cases. */
export function readBakeFile(text: string): readonly BakeTarget[] {
  const blocks = readHcl(text)
  const scope = scopeOf(blocks)
  const cases = blocks
    .filter(({ kind }) => kind === 'target')
    .flatMap((block) => casesOf(block, scope).map((each) => [each.name, each] as const))
  const known = new Map(cases)
  return [...known.values()]
    .map((each) => targetOf(each.name, settle(each, known)))
    .filter(({ tags }) => tags.length > 0)
}

function scopeOf(blocks: readonly Block[]): Scope {
  const names: Record<string, Value> = {}
  const functions: Record<string, (args: readonly Value[]) => Value> = {}
  const scope = { names, functions }
  for (const { kind, label, attributes } of blocks) {
    if (kind === 'variable')
      names[label] = attributes.default === undefined ? null : evaluate(attributes.default, scope)
    if (kind === 'function') functions[label] = (args) => callOf(attributes, args, scope)
  }
  return scope
}

function callOf({ params, result }: Attributes, args: readonly Value[], scope: Scope): Value {
  if (result === undefined) return null
  const called = params?.is === 'list' ? params.items : []
  const given = called.map((each, at) => [each.is === 'name' ? each.path[0] : '', args[at] ?? null] as const)
  return evaluate(result, { ...scope, names: { ...scope.names, ...Object.fromEntries(given) } })
}

type Case = { readonly name: string; readonly attributes: Attributes; readonly scope: Scope }

function casesOf({ label, attributes }: Block, scope: Scope): readonly Case[] {
  const { matrix, name, ...rest } = attributes
  if (matrix?.is !== 'map') return [{ name: label, attributes: rest, scope }]
  const bindings = matrix.entries.reduce<readonly Readonly<Record<string, Value>>[]>(
    (all, [key, values]) =>
      all.flatMap((one) => listOf(evaluate(values, scope)).map((value) => ({ ...one, [key]: value }))),
    [{}],
  )
  return bindings.map((binding) => {
    const inner = { ...scope, names: { ...scope.names, ...binding } }
    return {
      name: name === undefined ? label : textOf(evaluate(name, inner)),
      attributes: rest,
      scope: inner,
    }
  })
}

type Settled = Readonly<Record<string, Value>>

// Arguments are joined with those inherited, everything else is replaced.
function settle({ attributes, scope }: Case, known: ReadonlyMap<string, Case>): Settled {
  const own = Object.fromEntries(
    Object.entries(attributes).map(([key, each]) => [key, evaluate(each, scope)]),
  )
  const bases = listOf(own.inherits).flatMap((name) => known.get(textOf(name)) ?? [])
  const all = [...bases.map((each) => settle(each, known)), own]
  const args = Object.fromEntries(all.flatMap((each) => Object.entries(mapOf(each.args))))
  return { ...Object.fromEntries(all.flatMap((each) => Object.entries(each))), args }
}

function targetOf(name: string, { dockerfile, platforms, args, tags }: Settled): BakeTarget {
  return {
    name,
    dockerfile: textOf(dockerfile),
    platforms: listOf(platforms).map(textOf),
    args: Object.fromEntries(Object.entries(mapOf(args)).map(([key, value]) => [key, textOf(value)])),
    tags: listOf(tags).map(textOf),
  }
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : []
}

function mapOf(value: Value | undefined): Readonly<Record<string, Value>> {
  return isMap(value) ? value : {}
}

function isMap(value: Value | undefined): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
