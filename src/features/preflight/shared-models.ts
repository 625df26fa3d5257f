import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import type { Facts } from '../../facts/facts.ts'
import type { ModelsEntry } from '../../facts/folder-facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { isInside } from './inside.ts'

/** Shared models that are not there (ComfyUI starts all the same, with fewer models), or that anybody could write. */
export function checkSharedModels(settings: Settings, facts: Facts, places: Places): readonly Problem[] {
  const links = linksIn(facts, places)
  const missing = facts.tiers
    .filter((tier) => !tier.exists && tier.unreadable === undefined)
    .map((tier) => tier.path)
  const forgotten = forgottenShare(settings, facts, links)
  return [
    ...[...missing, ...forgotten].map(
      (path) => new Problem('SHARED_MODELS_MISSING', { path, links: namesBelow(path, links) }),
    ),
    ...facts.tiers.flatMap(({ path, unreadable: code }) =>
      code === undefined
        ? []
        : [new Problem('SHARED_MODELS_UNREADABLE', { path, code, us: facts.who.target })],
    ),
    ...facts.tiers
      .filter((tier) => tier.exists && !tier.readOnly && facts.inContainer)
      .map(({ path }) => new Problem('SHARED_MODELS_WRITABLE', { path })),
  ]
}

// The shared tree is only a tier while it is mounted; links of an earlier boot tell that it once was.
function forgottenShare({ shared }: Settings, { tiers }: Facts, links: readonly ModelsEntry[]) {
  const path = `${shared}/models`
  if (tiers.some((tier) => tier.path === path)) return []
  return namesBelow(path, links).length === 0 ? [] : [path]
}

function linksIn({ models }: Facts, places: Places): readonly ModelsEntry[] {
  const own = models.find((folder) => folder.path === places.models)
  return (own?.entries ?? []).filter((each) => each.kind === 'link')
}

function namesBelow(folder: string, links: readonly ModelsEntry[]): readonly string[] {
  return links
    .filter(({ linkTarget }) => linkTarget !== undefined && isInside(linkTarget, folder))
    .map(({ name }) => name)
}
