import { readYaml } from './docker-files.ts'

/**
 * A deployment as a kustomize overlay’s folder makes it: its one patch merged as Kubernetes merges (lists of named things by name),
 * and the tag of its one image set. What else kustomize can do is not done.
 */
export function overlaid(deployment: object, folder: string) {
  const { images, patches = [] } = readYaml(`${folder}/kustomization.yaml`)
  const patched = patches.reduce(
    (whole: unknown, { path }: { readonly path: string }) => merged(whole, readYaml(`${folder}/${path}`)),
    deployment,
  )
  const [{ name, newTag }] = images
  return JSON.parse(JSON.stringify(patched).replaceAll(`"${name}"`, `"${name}:${newTag}"`))
}

function merged(whole: unknown, patch: unknown): unknown {
  if (Array.isArray(whole) && Array.isArray(patch) && patch.every(hasName)) return byName(whole, patch)
  if (!isMapping(whole) || !isMapping(patch)) return patch
  const changed = Object.entries(patch).map(([key, value]) => [
    key,
    key in whole ? merged(whole[key], value) : value,
  ])
  return { ...whole, ...Object.fromEntries(changed) }
}

type Named = { readonly name: string }

function byName(whole: readonly unknown[], patch: readonly Named[]): readonly unknown[] {
  const added = patch.filter(({ name }) => !whole.some((each) => hasName(each) && each.name === name))
  const kept = whole.map((each) => {
    const change = hasName(each) ? patch.find(({ name }) => name === each.name) : undefined
    return change === undefined ? each : merged(each, change)
  })
  return [...kept, ...added]
}

function hasName(value: unknown): value is Named {
  return isMapping(value) && typeof value.name === 'string'
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
