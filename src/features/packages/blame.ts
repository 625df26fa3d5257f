import { basename } from 'node:path'
import type { NodeFailure } from '../../base/node.ts'
import { failureOf } from '../../base/node-failure.ts'
import { Problem } from '../../base/problem.ts'
import { packageName } from '../../facts/distributions.ts'
import type { Held } from './held.ts'
import type { NodeRequirements } from './read-requirements.ts'
import type { Requirement } from './requirement-lines.ts'

/** A refusal, and what it may be about. */
export type Refusal = {
  readonly said: string
  readonly held: Held
  /** Nodes that it would have had to fit with. */
  readonly beside: readonly NodeRequirements[]
  readonly offline: boolean
}

/** Why a node's packages were not installed: the line of its own that is named in the refusal, and what stands against it. Pure. */
export function blame({ source, lines }: NodeRequirements, refusal: Refusal): NodeFailure {
  const { said, offline } = refusal
  const { folder } = source
  const named = namesIn(said)
  const line = lines.find(({ name }) => named.has(packageName(name)))
  const against = line === undefined ? undefined : whatStandsAgainst(refusal, line, named)
  if (line === undefined || against === undefined)
    return failureOf(new Problem('NODE_PACKAGES_MISSING', { folder, said, offline }), false)
  const at = `${line.text} (line ${line.line} of ${basename(line.file)})`
  return failureOf(new Problem('NODE_PACKAGES_CONFLICT', { folder, line: at, against, said }), false)
}

function whatStandsAgainst(
  { said, held, beside }: Refusal,
  line: Requirement,
  named: ReadonlySet<string>,
): string | undefined {
  const pins = [...held.pins].map(([name, version]) => `${name}==${version}`)
  const pin = pins.find((text) => new RegExp(`(^|[^\\w-])${literal(text)}($|[^\\w+])`, 'i').test(said))
  if (pin !== undefined) return `the image holds ${pin}`
  const asking = held.image.find(({ name, versions }) => named.has(name) && isQuoted(said, versions))
  if (asking !== undefined)
    return `${asking.by.name} ${asking.by.version} of the image asks for ${asking.text}`
  for (const { source, lines } of beside) {
    const other = lines.find((each) => named.has(packageName(each.name)) && each.text !== line.text)
    if (other !== undefined) return `${source.folder} asks for ${other.text}`
  }
  const limit = held.lines.find((text) => said.toLowerCase().includes(text.toLowerCase()))
  return limit === undefined ? undefined : `ComfyUI asks for ${limit}`
}

// Installers sort the clauses as they like.
function isQuoted(said: string, versions: string): boolean {
  return versions
    .split(',')
    .every((clause) => new RegExp(`${literal(clause)}($|[^\\w.*]|\\.\\s|\\.$)`).test(said))
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function namesIn(said: string): ReadonlySet<string> {
  const words = said.match(/[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?/g) ?? []
  return new Set(words.map(packageName))
}
