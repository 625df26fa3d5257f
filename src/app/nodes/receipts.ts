import { IMAGE_NODES, type Places } from '../../base/layout.ts'
import type { NodeFailure, NodeImport, NodePackages, NodeSource, WantedNode } from '../../base/node.ts'
import { problemOf } from '../../base/node-failure.ts'
import { isOwnTarget } from '../../base/own-link.ts'
import type { ProblemText } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { NodeFolder } from '../../facts/folder-facts.ts'
import { leftOut } from '../../features/node-check/left-out.ts'
import { isBuiltInManager } from '../../features/nodes/manager/is-built-in.ts'
import type { Settings } from '../../settings/settings.ts'
import { pinOf } from './pin.ts'

/**
 * `ok`: it was imported. `unchecked`: it lies there, and nobody has imported it since it changed. `changed`: somebody changed
 * its files, so it stays as it is. `built-in`: ComfyUI brings it itself. `left-out`: it is not for this machine. `failed`: something about it did not work out.
 */
export type NodeState =
  | 'ok'
  | 'unchecked'
  | 'changed'
  | 'built-in'
  | 'failed'
  | 'left-out'
  | 'switched-off'
  | 'absent'

/** All that is known of one node, joined from what was asked, what lies there and what became of it; JSON as it is. */
export type Receipt = {
  readonly folder: string
  /** Where it lies; undefined where it does not. */
  readonly path: string | undefined
  readonly origin: 'asked' | 'image' | 'by-hand'
  /** What asks for it: a file, or COMFY_NODES. */
  readonly from: string | undefined
  readonly required: boolean
  readonly source: NodeSource | undefined
  /** Commit, version or digest of what was checked out. */
  readonly pin: string | undefined
  readonly state: NodeState
  /** Why it is in this state, in one sentence. */
  readonly why: string | undefined
  /** ComfyUI is started without it. */
  readonly isLeftOut: boolean
  readonly problems: readonly ProblemText[]
  /** `name==version` of the packages that were added for it. */
  readonly packages: readonly string[]
  readonly script: NodePackages['script']
  readonly import: NodeImport | undefined
  /** File with what its install script, or its import, printed; undefined where there is nothing to look up. */
  readonly log: string | undefined
  /** When it was checked out, in ISO 8601, and how long that took in milliseconds. */
  readonly at: string | undefined
  readonly ms: number | undefined
}

/** What is known about nodes beside the facts. */
export type AboutNodes = { readonly places: Places; readonly wanted: readonly WantedNode[] }

/** A receipt of every node that is asked for or lies where ComfyUI looks, in that order. Pure. */
export function receipts(settings: Settings, facts: Facts, about: AboutNodes): readonly Receipt[] {
  const folders = facts.nodes.filter(
    ({ path }) => path === about.places.customNodes || path === settings.nodesFolder,
  )
  const lying = new Map<string, Lying>()
  for (const { path, nodes } of folders)
    for (const node of nodes) {
      const key = node.name.toLowerCase()
      if (!lying.has(key)) lying.set(key, { ...node, path: `${path}/${node.name}` })
    }
  const off = new Set(folders.flatMap(({ disabled }) => disabled.map((name) => name.toLowerCase())))
  const world: World = {
    facts,
    places: about.places,
    lying,
    off,
    leftOut: lowered(leftOut(settings, facts, about)),
  }
  const asked = new Set(about.wanted.map(({ folder }) => folder.toLowerCase()))
  const others = [...lying.values()].filter(({ name }) => !asked.has(name.toLowerCase()))
  return [
    ...about.wanted.map((node) => receiptOf(world, node.folder, node)),
    ...others.map(({ name }) => receiptOf(world, name, undefined)),
  ]
}

type Lying = NodeFolder & { readonly path: string }

type World = {
  readonly facts: Facts
  readonly places: Places
  /** By name in lower case, as the other two. */
  readonly lying: ReadonlyMap<string, Lying>
  readonly off: ReadonlySet<string>
  readonly leftOut: ReadonlyMap<string, string>
}

function lowered(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].map(([name, why]) => [name.toLowerCase(), why]))
}

function receiptOf(world: World, folder: string, wanted: WantedNode | undefined): Receipt {
  const { facts } = world
  const key = folder.toLowerCase()
  const lying = world.lying.get(key)
  const checkout = facts.nodeRecords.checkouts.get(key)
  const packages = entryIn(facts.packages?.current?.record.nodes, key)
  const imported = entryIn(facts.nodeRecords.imports?.nodes, key)
  const locked = checkout?.locked
  const failures = [checkout?.failure, packages?.failure].filter((each) => each !== undefined)
  const known = { world, key, lying, wanted, imported, failures, script: packages?.script }
  return {
    folder: lying?.name ?? folder,
    path: lying?.path,
    origin: wanted !== undefined ? 'asked' : isImages(lying) ? 'image' : 'by-hand',
    from: wanted?.from,
    required: wanted?.required ?? false,
    source: wanted?.source ?? locked?.source,
    pin: locked === undefined ? undefined : pinOf(locked),
    ...stateOf(known),
    isLeftOut: world.leftOut.has(key),
    problems: failures.map((failure) => problemOf(failure, false).in(facts.runtime)),
    packages: packages?.added ?? [],
    script: packages?.script,
    import: imported,
    log: logOf(known),
    at: checkout === undefined ? undefined : new Date(checkout.atMs).toISOString(),
    ms: checkout?.ms,
  }
}

type Known = {
  readonly world: World
  readonly key: string
  readonly lying: Lying | undefined
  readonly wanted: WantedNode | undefined
  readonly imported: NodeImport | undefined
  readonly failures: readonly NodeFailure[]
  readonly script: NodePackages['script']
}

function stateOf(known: Known): Pick<Receipt, 'state' | 'why'> {
  const { world, key, lying, wanted, imported, failures, script } = known
  const [failure] = failures
  const isOff = lying === undefined && world.off.has(key)
  if (wanted?.enabled === false || isOff)
    return { state: 'switched-off', why: isOff ? 'It was switched off in custom_nodes.' : offBy(wanted) }
  if (failure !== undefined)
    return {
      state: failure.code === 'NODE_CHANGED_LOCALLY' ? 'changed' : 'failed',
      why: problemOf(failure, false).message,
    }
  if (script?.result === 'failed')
    return { state: 'failed', why: `Its install script failed: ${script.line}` }
  if (imported?.result === 'breaks-start')
    return { state: 'failed', why: `ComfyUI does not start with it: ${imported.line ?? 'it says no more'}` }
  if (imported?.result === 'failed')
    return { state: 'failed', why: `ComfyUI cannot import it: ${imported.line ?? 'it says no more'}` }
  const why = world.leftOut.get(key)
  if (why !== undefined) return { state: 'left-out', why: `It ${why}.` }
  if (lying === undefined && wanted !== undefined && isBuiltInManager(wanted, world.facts, world.places))
    return { state: 'built-in', why: 'It is part of ComfyUI.' }
  if (lying === undefined) return { state: 'absent', why: undefined }
  return { state: imported?.result === 'ok' ? 'ok' : 'unchecked', why: undefined }
}

function logOf({ world, key, lying, imported, script }: Known): string | undefined {
  const folder = world.places.layout.nodeLogs
  if (imported?.result === 'failed' || imported?.result === 'breaks-start')
    return `${folder}/import-check.log`
  return script?.result === 'failed' ? `${folder}/${lying?.name ?? key}.log` : undefined
}

function offBy(wanted: WantedNode | undefined): string {
  return `${wanted?.from ?? 'A manifest'} switches it off.`
}

function isImages(lying: Lying | undefined): boolean {
  const target = lying?.linkTarget
  return isOwnTarget(target) || (target?.startsWith(`${IMAGE_NODES}/`) ?? false)
}

function entryIn<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return Object.entries(record ?? {}).find(([name]) => name.toLowerCase() === key)?.[1]
}
