import { dirname } from 'node:path'

/**
 * Whether a link at a path in a tree leads to somewhere in the same tree. Only `..` at the start of a target is allowed: after
 * the name of another link it would leave from wherever that one leads.
 */
export function leadsInside(path: string, target: string): boolean {
  if (target.startsWith('/') || target === '') return false
  const parts = target.split('/').filter((part) => part !== '' && part !== '.')
  const up = parts.findIndex((part) => part !== '..')
  const steps = up === -1 ? parts.length : up
  if (parts.slice(steps).includes('..')) return false
  const parent = dirname(path)
  return steps <= (parent === '.' ? 0 : parent.split('/').length)
}
