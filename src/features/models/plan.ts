import type { Places } from '../../base/layout.ts'
import { Problem } from '../../base/problem.ts'
import { joinPlans, type Plan, problems, steps } from '../../engine/plan.ts'
import type { Category, Facts } from '../../facts/facts.ts'
import type { Tier } from '../../facts/folder-facts.ts'
import type { Settings } from '../../settings/settings.ts'
import { categoriesOf, nearMiss } from './categories.ts'
import { linkFolders } from './link-folders.ts'
import { decideLinks } from './links.ts'
import { pathsText } from './paths-text.ts'
import { writePaths } from './write-paths.ts'

/** How ComfyUI comes to see the shared models: a generated paths file, and links where it has no category. Pure. */
export function planModels(settings: Settings, machine: Facts, places: Places): Plan {
  const categories = categoriesOf(machine)
  const facts = { ...machine, tiers: [...machine.tiers, ...unseen(machine, places)] }
  return joinPlans(
    planPaths(settings, facts, { categories, places }),
    planLinks(facts, places, categories),
    nearMisses(machine, categories),
  )
}

// Models where ComfyUI does not look for them: baked or mounted into an image tree whose state is elsewhere, or mounted at
// the workspace's other models folder, where people of other images put them.
function unseen(facts: Facts, { code, base, layout }: Places): readonly Tier[] {
  const mounted = [`${layout.workspace}/models`, `${layout.home}/models`].filter((path) =>
    isMount(facts, path),
  )
  const paths = new Set([...mounted, ...(code === base ? [] : [`${code}/models`])])
  paths.delete(`${base}/models`)
  return [...paths].flatMap((path) => {
    const entries = facts.models.find((each) => each.path === path)?.entries ?? []
    const folders = entries.filter(({ kind, empty }) => kind === 'folder' && !empty).map(({ name }) => name)
    return folders.length === 0 ? [] : [{ path, exists: true, readOnly: false, folders }]
  })
}

function isMount({ mounts }: Facts, path: string): boolean {
  return mounts.some(({ point }) => point === path)
}

type Known = { readonly categories: readonly Category[]; readonly places: Places }

function planPaths(settings: Settings, facts: Facts, { categories, places }: Known): Plan {
  const { nodesFolder } = settings
  const usable = nodesFolder !== undefined && facts.folders.has(nodesFolder) ? nodesFolder : undefined
  const text = pathsText(facts.tiers, categories, usable)
  return text === facts.modelPathsText ? steps() : steps(writePaths(places.layout.modelPathsFile, text))
}

function planLinks(facts: Facts, { models }: Places, categories: readonly Category[]): Plan {
  const links = decideLinks(facts, models, categories)
  const inTheWay = links.blocked.map(
    ({ path, target }) =>
      new Problem('MODELS_FOLDER_IN_THE_WAY', { path, target: target.replace('/./', '/') }),
  )
  const nothing = links.make.length === 0 && links.remove.length === 0
  return joinPlans(
    nothing
      ? steps()
      : steps(
          linkFolders(
            models,
            links,
            facts.tiers.map((each) => each.path),
          ),
        ),
    problems(...inTheWay),
  )
}

function nearMisses(facts: Facts, categories: readonly Category[]): Plan {
  const found = facts.tiers.flatMap((tier) =>
    tier.folders.flatMap((folder) => {
      const meant = nearMiss(folder, categories)
      return meant === undefined
        ? []
        : [new Problem('MODELS_FOLDER_NEAR_MISS', { tier: tier.path, folder, meant })]
    }),
  )
  return problems(...found)
}
