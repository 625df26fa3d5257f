import { IMAGE_NODES, type Places } from '../../base/layout.ts'
import type { Checkout, LockedNode, NodeFailure, WantedNode } from '../../base/node.ts'
import type { Facts } from '../../facts/facts.ts'
import { unmetCondition } from '../../facts/node-conditions.ts'
import { isOfThisStart } from '../../facts/of-this-start.ts'
import type { Settings } from '../../settings/settings.ts'
import type { ToCheckOut } from './checkout/to-check-out.ts'
import { lockedFor } from './lock/locked-for.ts'
import { readLocks } from './lock/read-locks.ts'
import { requestOf } from './lock/request.ts'
import { isBuiltInManager } from './manager/is-built-in.ts'
import type { NodesWanted } from './plan.ts'
import { holdsNode } from './presence.ts'

/**
 * What becomes of one wanted node: it is got; it stays as it lies there (ours or somebody else’s); it comes with ComfyUI; it is
 * not for this machine or switched off; or an earlier try failed and nothing changed since.
 */
export type Choice = {
  readonly act: 'check-out' | 'keep' | 'built-in' | 'leave' | 'failed'
  readonly node: ToCheckOut
  /** What is known to be wrong with it; also of one that is kept as it was before. */
  readonly failure: NodeFailure | undefined
}

/** Decides for each wanted node, in order. Pure. */
export function choicesFor(
  settings: Settings,
  facts: Facts,
  { places, wanted }: NodesWanted,
): readonly Choice[] {
  const locks = readLocks(facts.nodeRecords.locks).locks
  return wanted.nodes.map((node): Choice => {
    const before = facts.nodeRecords.checkouts.get(node.folder.toLowerCase())
    const request = requestOf(node)
    const toCheckOut = { wanted: node, request, locked: lockedFor(node, locks), before: asItLies(before) }
    const choice = (act: Choice['act'], failure?: NodeFailure): Choice => ({ act, node: toCheckOut, failure })
    if (!node.enabled || unmetCondition(node, settings, facts) !== undefined) return choice('leave')
    if (isBuiltInManager(node, facts, places)) return choice('built-in')
    const isThere = isPresent(node, settings, { facts, places })
    if (isThere && isAsWanted(toCheckOut)) return choice('keep')
    const failure = before?.request === request ? before.failure : undefined
    if (failure !== undefined && !isToBeTriedAgain(failure, before, facts))
      return choice(isThere ? 'keep' : 'failed', failure)
    return choice('check-out')
  })
}

// What lies there is not what a try was for that failed: nothing but its own marker says what it was got for.
function asItLies(before: Checkout | undefined): Checkout | undefined {
  return before?.failure === undefined ? before : { ...before, request: '' }
}

// What nobody asked us to get is somebody’s own.
function isAsWanted({ before, request, locked }: ToCheckOut): boolean {
  if (before?.locked === undefined) return true
  if (before.failure !== undefined) return false
  return before.request === request && (locked === undefined || isSamePin(before.locked, locked))
}

/** Whether two pins mean the same content; what one of them does not name makes no difference. */
export function isSamePin(a: LockedNode, b: LockedNode): boolean {
  const agree = (one: string | undefined, other: string | undefined) =>
    one === undefined || other === undefined || one === other
  return (
    agree(a.commit, b.commit) && agree(a.version, b.version) && agree(a.archive?.sha256, b.archive?.sha256)
  )
}

function isToBeTriedAgain(
  { temporary }: NodeFailure,
  { atMs = 0 }: Partial<Checkout> = {},
  facts: Facts,
): boolean {
  return temporary && !isOfThisStart({ atMs }, facts)
}

type World = { readonly facts: Facts; readonly places: Places }

function isPresent({ folder }: WantedNode, settings: Settings, world: World): boolean {
  const folders = world.facts.nodes.filter(({ path }) => isInUse(path, settings, world))
  return folders.some((each) => holdsNode(each, folder))
}

// The image tree's own nodes count while they are linked (link), or come along with the tree that is still to be copied.
function isInUse(path: string, settings: Settings, { facts, places }: World): boolean {
  const { image, workspace } = facts
  if (path === places.customNodes || path === IMAGE_NODES || path === settings.nodesFolder) return true
  const comes = places.mode === 'link' || workspace.tree.state !== 'ours'
  return image !== undefined && path === `${image.path}/custom_nodes` && comes
}
