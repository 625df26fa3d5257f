import type { PackagePin } from '../../base/node.ts'
import { packageName } from '../../facts/distributions.ts'
import type { Installed } from './overlay-packages.ts'

/** Who wants packages: a node's folder, and the names it asks for. */
export type Wanting = { readonly folder: string; readonly names: readonly string[] }

/** What packages are attributed by. */
export type Attribution = {
  readonly wanting: readonly Wanting[]
  /** Names of what a person had added by hand. */
  readonly byHand: ReadonlySet<string>
  /** Names of what an install script added, by its node's folder. */
  readonly byScript: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Which nodes led to each package of an overlay: by asking for it, by what that requires, by their install scripts. What was
 * added by hand and is required by no node has none; of anything else nobody can tell, and all share it. Pure.
 */
export function attribute(installed: readonly Installed[], about: Attribution): readonly PackagePin[] {
  const { wanting, byHand, byScript } = about
  const sure = reachOf(installed, wanting, (each) => each.requires)
  const likely = reachOf(installed, wanting, (each) => [...each.requires, ...each.extras])
  const all = wanting.filter(({ names }) => names.length > 0).map(({ folder }) => folder)
  return installed
    .map(({ name, version }) => {
      const scripts = [...byScript].flatMap(([folder, names]) => (names.has(name) ? [folder] : []))
      const known = new Set([...(sure.get(name) ?? []), ...scripts])
      const guessed = known.size > 0 ? known : (likely.get(name) ?? new Set())
      const folders = guessed.size > 0 || byHand.has(name) ? guessed : all
      return { name, version, for: [...folders].sort() }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function reachOf(
  installed: readonly Installed[],
  wanting: readonly Wanting[],
  next: (each: Installed) => readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const byName = new Map(installed.map((each) => [each.name, each]))
  const found = new Map<string, Set<string>>()
  for (const { folder, names } of wanting) {
    const seen = new Set<string>()
    for (let front = names.map(packageName); front.length > 0; ) {
      const fresh = [...new Set(front)].filter((name) => !seen.has(name))
      for (const name of fresh) seen.add(name)
      front = fresh.flatMap((name) => next(byName.get(name) ?? NOTHING))
    }
    for (const name of seen) found.set(name, (found.get(name) ?? new Set()).add(folder))
  }
  return found
}

const NOTHING: Installed = { name: '', version: '', requires: [], extras: [] }
