import type { LeftBehind } from '../../base/node.ts'
import { Problem } from '../../base/problem.ts'
import type { ByHand } from './carried.ts'
import { choose } from './choose.ts'
import { type Pin, pinText } from './pin.ts'
import type { Solve } from './solver.ts'

/** What of the packages that were added by hand comes along; `pins` are all that is to be installed. */
export type Carried = {
  readonly carried: readonly ByHand[]
  readonly leftBehind: readonly LeftBehind[]
  readonly pins: readonly Pin[]
}

/** What the nodes have: their requirement lines, and what was resolved for them. */
type Nodes = { readonly base: readonly string[]; readonly pins: readonly Pin[] }

/**
 * Takes along what was added by hand: by its files, where they fit this Python, else at the very same version from the index.
 * What a node brings too is the node's. No other version is ever taken, since it may be another's package of that name.
 */
export async function carryOn(
  solve: Solve | undefined,
  byHand: readonly ByHand[],
  nodes: Nodes,
): Promise<Carried> {
  const sought = byHand.filter(({ copy, name }) => copy === undefined && !hasName(nodes.pins, name))
  const found = sought.length === 0 ? nothing(nodes) : await fromIndex(solve, sought, nodes)
  const { pins } = found
  const carried = byHand.filter((each) => !found.left.has(each.name) && isTaken(each, pins))
  const leftBehind = byHand.flatMap((each): LeftBehind[] => {
    const { name, version } = each
    const why = found.left.get(name)
    if (why !== undefined) return [{ name, version, isReplaced: false, ...why }]
    const pin = pins.find((other) => other.name === name)
    if (pin === undefined || pin.version === version) return []
    return [{ name, version, isReplaced: true, temporary: false, reason: `gave way to ${pinText(pin)}` }]
  })
  return { carried, leftBehind, pins }
}

type Left = ReadonlyMap<string, { readonly reason: string; readonly temporary: boolean }>
type Found = { readonly pins: readonly Pin[]; readonly left: Left }

function nothing({ pins }: Nodes): Found {
  return { pins, left: new Map() }
}

async function fromIndex(
  solve: Solve | undefined,
  sought: readonly ByHand[],
  { base, pins }: Nodes,
): Promise<Found> {
  const all = (reason: string, temporary: boolean): Found => ({
    pins,
    left: new Map(sought.map(({ name }) => [name, { reason, temporary }])),
  })
  if (solve === undefined) return all('cannot be installed without pip or uv', false)
  try {
    const lines = sought.map((pin) => ({ pin, lines: [pinText(pin)] }))
    const exact = await choose(solve, lines, base)
    const left = exact.refused.map(({ who }) => [who.pin.name, NOT_THERE] as const)
    return { pins: exact.accepted.length === 0 ? pins : exact.pins, left: new Map(left) }
  } catch (error) {
    if (error instanceof Problem && error.code === 'PACKAGES_NOT_REACHED')
      return all('could not be had from the index; the next start tries again', true)
    throw error
  }
}

const NOT_THERE = {
  reason: 'cannot be copied for this Python, and the index does not have that version',
  temporary: false,
}

function isTaken({ name, version }: ByHand, pins: readonly Pin[]): boolean {
  const pin = pins.find((each) => each.name === name)
  return pin === undefined || pin.version === version
}

function hasName(pins: readonly Pin[], name: string): boolean {
  return pins.some((pin) => pin.name === name)
}
