import { packageName } from '../../facts/distributions.ts'
import type { Requirement } from './requirement-lines.ts'

/**
 * Whether the packages that are there meet a requirement for certain. False in any doubt: an installer is asked then. Pure.
 */
export function isMet(requirement: Requirement, versions: ReadonlyMap<string, string>): boolean {
  const version = versions.get(packageName(requirement.name))
  if (version === undefined || !requirement.isPlain) return false
  if (requirement.versions === '') return true
  const have = numbersOf(version.replace(/\+.*$/, ''))
  return have !== undefined && requirement.versions.split(',').every((clause) => meets(have, clause) === true)
}

/**
 * Whether the packages that are there break a requirement for certain, its marker and extras left aside. False in any doubt, and
 * for one that is not there. Pure.
 */
export function isBroken(
  { name, versions: wanted }: Pick<Requirement, 'name' | 'versions'>,
  versions: ReadonlyMap<string, string>,
): boolean {
  const have = numbersOf((versions.get(packageName(name)) ?? '').replace(/\+.*$/, ''))
  return have !== undefined && wanted.split(',').some((clause) => meets(have, clause) === false)
}

// Undefined where it cannot be told.
function meets(have: readonly number[], clause: string): boolean | undefined {
  const [, operator = '', text = ''] = /^(~=|==|!=|<=|>=|<|>)(.+)$/.exec(clause) ?? []
  const wanted = numbersOf(text)
  if (wanted === undefined) return undefined
  const order = compare(have, wanted)
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '<=':
      return order <= 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '>':
      return order > 0
    case '~=':
      return wanted.length > 1 && order >= 0 && wanted.slice(0, -1).every((part, at) => have[at] === part)
    default:
      return undefined
  }
}

// Only plain releases: what comes before or after one is for somebody who knows all the rules.
function numbersOf(version: string): readonly number[] | undefined {
  return /^\d+(\.\d+)*$/.test(version) ? version.split('.').map(Number) : undefined
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
