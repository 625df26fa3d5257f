import { type Fields, fieldsIn } from '../base/json-fields.ts'
import type { Identity, OverlayRecord } from '../base/node.ts'
import { isReadable } from '../base/node-failure.ts'
import type { FailedPackages } from './node-facts.ts'

/**
 * What an overlay says about itself; undefined for a text that is no such record. One with a failure that only another version
 * of this program can tell is made for nothing: it is looked at again.
 */
export function parseOverlayRecord(text: string | undefined): OverlayRecord | undefined {
  const value = fieldsIn(text)
  if (value === undefined || !isRecord(value)) return undefined
  const known = Object.entries(value.nodes).filter(
    ([, { failure }]) => failure === undefined || isReadable(failure),
  )
  if (known.length === Object.keys(value.nodes).length) return value
  return { ...value, asked: '', nodes: Object.fromEntries(known) }
}

/** A try that came to nothing; undefined for a text that is no such record. */
export function parseFailedPackages(text: string | undefined): FailedPackages | undefined {
  const value = fieldsIn(text)
  return value !== undefined && isFailed(value) && isReadable(value.failure) ? value : undefined
}

/** Whether packages that were installed for one identity fit another. */
export function sameIdentity(one: Identity, other: Identity): boolean {
  const keys = ['python', 'arch', 'torch', 'cuda', 'image'] as const
  return keys.every((key) => one[key] === other[key])
}

// The files are ours: what has the right shape at the top was written by us.
function isRecord(value: Fields): value is Fields & OverlayRecord {
  const { version, identity, asked, packages, nodes, atMs } = value
  return (
    version === 1 &&
    typeof asked === 'string' &&
    typeof atMs === 'number' &&
    isFields(identity) &&
    Array.isArray(packages) &&
    packages.every((each) => isFields(each) && typeof each.name === 'string' && Array.isArray(each.for)) &&
    isFields(nodes) &&
    Object.values(nodes).every((each) => isFields(each) && Array.isArray(each.added))
  )
}

function isFailed(value: Fields): value is Fields & FailedPackages {
  const { asked, failure, atMs } = value
  return (
    typeof asked === 'string' &&
    typeof atMs === 'number' &&
    isFields(failure) &&
    typeof failure.code === 'string' &&
    isFields(failure.details)
  )
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
