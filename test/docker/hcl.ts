import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOP } from './dockerfile.ts'

/** What is written for one name: texts and lists of texts as they are, mappings of texts, and all else as its own words. */
export type Value = string | readonly string[] | Readonly<Record<string, string>>

/** A block by its kind and label: `target "cpu" { … }`. */
export type Block = {
  readonly kind: string
  readonly name: string
  readonly values: Readonly<Record<string, Value>>
}

/** The blocks of the bake file: as much of its language as it uses, which is one name and value per line, and mappings. */
export function bakeBlocks(): readonly Block[] {
  const text = readFileSync(join(TOP, 'docker/docker-bake.hcl'), 'utf8').replaceAll(/^\s*#.*\n/gm, '')
  const blocks = text.matchAll(/^(\w+) "([\w-]+)" \{(?: (.*) \}$|\n([\s\S]*?)^\}$)/gm)
  return [...blocks].map(([, kind = '', name = '', line, lines]) => ({
    ...{ kind, name },
    values: valuesIn(line ?? lines ?? ''),
  }))
}

function valuesIn(text: string): Readonly<Record<string, Value>> {
  const found = text.matchAll(/^\s*([\w-]+)\s*=\s*(\{[^{}]*\}|.+)$/gm)
  return Object.fromEntries([...found].map(([, key = '', value = '']) => [key, readValue(value.trim())]))
}

function readValue(text: string): Value {
  if (/^"[^"]*"$/.test(text)) return text.slice(1, -1)
  if (/^\[[^[\]]*\]$/.test(text)) return [...text.matchAll(/"([^"]*)"/g)].map(([, each = '']) => each)
  if (!text.startsWith('{')) return text
  const entries = text.matchAll(/([\w.-]+|"[^"]+")\s*=\s*("[^"]*"|\w+)/g)
  return Object.fromEntries(
    [...entries].map(([, key = '', value = '']) => [unquoted(key), unquoted(value)] as const),
  )
}

function unquoted(text: string): string {
  return text.replaceAll('"', '')
}

/** A target with all that it inherits: mappings are joined, what comes later counts. */
export function targetOf(blocks: readonly Block[], name: string): Readonly<Record<string, Value>> {
  const own = blocks.find((each) => each.kind === 'target' && each.name === name)
  if (own === undefined) throw new Error(`There is no target ${name}.`)
  const { inherits = [] } = own.values
  const above = Array.isArray(inherits) ? inherits.map((each) => targetOf(blocks, each)) : []
  const all = [...above, own.values]
  return { ...Object.assign({}, ...all), args: Object.assign({}, ...all.map(argsIn)) }
}

/** The build arguments of a target. */
export function argsIn({ args = {} }: Readonly<Record<string, Value>>): Readonly<Record<string, string>> {
  return typeof args === 'object' && !Array.isArray(args) ? (args as Readonly<Record<string, string>>) : {}
}
