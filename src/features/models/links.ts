import { isOwnTarget, ownTarget } from '../../base/own-link.ts'
import type { Category, Facts } from '../../facts/facts.ts'
import type { ModelsEntry, ModelsFolder } from '../../facts/folder-facts.ts'

/** A link to make in models/: `<path>` leads to `<target>`. */
export type Link = { readonly path: string; readonly target: string }

/** What is to be done with the links in one models folder; `blocked` have a person's own files in their place. */
export type Links = {
  readonly make: readonly Link[]
  readonly remove: readonly string[]
  readonly blocked: readonly Link[]
}

const NOTHING: Links = { make: [], remove: [], blocked: [] }

/**
 * Links for the tiers' folders that ComfyUI has no category for (LLM, ipadapter…): nodes look for those in models/ itself.
 * A hotter tier wins. Pure.
 */
export function decideLinks(facts: Facts, models: string, categories: readonly Category[]): Links {
  const folder = facts.models.find((each) => each.path === models)
  if (isPersons(facts, models, folder)) return NOTHING
  const entries = folder?.entries ?? []
  const wanted = wantedLinks(facts, models, categories)
  const left = [...wanted.values()].map((link) => ({ link, there: entryAt(link.path, models, entries) }))
  return {
    make: left.filter(({ link, there }) => makes(link, there, facts)).map(({ link }) => link),
    remove: entries
      .filter((each) => isOwnTarget(each.linkTarget) && !wanted.has(each.name))
      .map((each) => `${models}/${each.name}`),
    blocked: left.filter(({ there }) => there !== undefined && hasContent(there)).map(({ link }) => link),
  }
}

// A models/ that is a mount, or a link into a tier, is somebody's shared folder: nothing is written there.
function isPersons(facts: Facts, models: string, folder: ModelsFolder | undefined): boolean {
  const real = folder?.real ?? models
  const inTier = facts.tiers.some(({ path }) => real === path || real.startsWith(`${path}/`))
  return inTier || facts.mounts.some(({ point }) => point === models)
}

function wantedLinks(
  facts: Facts,
  models: string,
  categories: readonly Category[],
): ReadonlyMap<string, Link> {
  const known = new Set(['custom_nodes', ...categories.flatMap((each) => each.folders)])
  const wanted = new Map<string, Link>()
  for (const tier of facts.tiers)
    for (const name of tier.folders)
      if (!known.has(name) && !wanted.has(name))
        wanted.set(name, { path: `${models}/${name}`, target: ownTarget(tier.path, name) })
  return wanted
}

function entryAt(path: string, models: string, entries: readonly ModelsEntry[]): ModelsEntry | undefined {
  return entries.find(({ name }) => `${models}/${name}` === path)
}

function makes({ path, target }: Link, there: ModelsEntry | undefined, facts: Facts): boolean {
  switch (there?.kind) {
    case undefined:
      return true
    case 'link':
      return isOwnTarget(there.linkTarget) && there.linkTarget !== target
    case 'folder':
      return there.empty && !facts.mounts.some(({ point }) => point === path)
    case 'other':
      return false
  }
}

function hasContent({ kind, empty }: ModelsEntry): boolean {
  return kind === 'other' || (kind === 'folder' && !empty)
}
