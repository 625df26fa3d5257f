import type { LockedNode, NodeSource, NodesLock } from '../../../base/node.ts'
import { Problem } from '../../../base/problem.ts'
import { faultsOf } from '../manifest/issues.ts'
import { LOCK_KEYS, lockSchema, type WrittenLock } from './lock-schema.ts'

/** A lock, or what makes its file none. A lock is followed as a whole or not at all: half of it would be another set of nodes. */
export type ReadLock = { readonly lock: NodesLock } | { readonly problem: Problem }

/** The lock in a file’s text; `path` is only for the problem. Pure. */
export function parseLock(text: string, path: string): ReadLock {
  const refuse = (fault: string): ReadLock => ({
    problem: new Problem('NODES_LOCK_INVALID', { path, fault }),
  })
  const value = jsonIn(text)
  if (value === undefined) return refuse(notJson(text))
  const read = lockSchema.safeParse(value)
  if (!read.success) return refuse(faultsOf(read.error.issues.slice(0, MOST_FAULTS), LOCK_KEYS))
  const twin = firstTwin(read.data.nodes.map(({ folder }) => folder.toLowerCase()))
  return twin === undefined ? { lock: lockOf(read.data) } : refuse(`The folder ${twin} is there twice.`)
}

/** As many faults as a person reads at once. */
const MOST_FAULTS = 5

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function notJson(text: string): string {
  const at = text.split('\n').findIndex((line) => /^(<{7}|={7}$|>{7})/.test(line))
  return at < 0
    ? 'It is not valid JSON.'
    : `Line ${at + 1}: two versions of it were merged by git and not yet brought together.`
}

function firstTwin(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) < at)
}

function lockOf({ comfyui, identity, nodes, packages }: WrittenLock): NodesLock {
  return {
    version: 1,
    comfyui: comfyui === undefined ? undefined : defined(comfyui),
    identity:
      identity === undefined ? undefined : { ...identity, torch: identity.torch, cuda: identity.cuda },
    nodes: nodes.map(
      ({ source, ...rest }): LockedNode => ({
        ...defined(rest),
        folder: rest.folder,
        source: sourceOf(source),
      }),
    ),
    packages,
  }
}

function sourceOf(source: WrittenLock['nodes'][number]['source']): NodeSource {
  switch (source.kind) {
    case 'git':
      return { ...source, ref: source.ref }
    case 'registry':
      return { ...source, version: source.version }
    case 'zip':
    case 'path':
      return source
  }
}

type Defined<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> }

// A key that is not there is left out, where the schema’s type says that it may be undefined.
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>
}
