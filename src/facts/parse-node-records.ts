import { type Fields, fieldsIn } from '../base/json-fields.ts'
import type { Checkout, ImportRecord } from '../base/node.ts'
import { isReadable } from '../base/node-failure.ts'

/** The checkouts in a text, by folder in lower case; what is no checkout is left out. */
export function parseCheckouts(text: string | undefined): ReadonlyMap<string, Checkout> {
  const list = fieldsIn(text)?.checkouts
  const found = Array.isArray(list) ? list.filter(isCheckout) : []
  return new Map(found.map((each) => [each.folder.toLowerCase(), asKnown(each)]))
}

// What another version of this program kept and this one cannot tell counts as made for another request.
function asKnown(checkout: Checkout): Checkout {
  const { failure } = checkout
  return failure === undefined || isReadable(failure)
    ? checkout
    : { ...checkout, request: '', failure: undefined }
}

/** The text that `parseCheckouts` reads. */
export function checkoutsText(checkouts: Iterable<Checkout>): string {
  return `${JSON.stringify({ version: 1, checkouts: [...checkouts] }, undefined, 1)}\n`
}

/** What came of importing nodes, in a text that says so. */
export function parseImports(text: string | undefined): ImportRecord | undefined {
  const value = fieldsIn(text)
  if (value === undefined || !isImportRecord(value)) return undefined
  return value.failure === undefined || isReadable(value.failure) ? value : undefined
}

// The files are ours: what has the right shape at the top was written by us.
function isCheckout(value: unknown): value is Checkout {
  if (!isFields(value)) return false
  const { folder, request, locked, failure, atMs } = value
  const isWhole = typeof folder === 'string' && typeof request === 'string' && typeof atMs === 'number'
  return (
    isWhole && (locked === undefined || isFields(locked)) && (failure === undefined || isFailure(failure))
  )
}

function isFailure(value: unknown): boolean {
  return isFields(value) && typeof value.code === 'string' && isFields(value.details)
}

function isImportRecord(value: unknown): value is ImportRecord {
  if (!isFields(value) || typeof value.asked !== 'string' || !isFields(value.nodes)) return false
  return Object.values(value.nodes).every((each) => isFields(each) && typeof each.result === 'string')
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
