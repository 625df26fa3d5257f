import type { Facts, ImageTree } from '../../facts/facts.ts'
import type { Marker } from '../../facts/tree-facts.ts'

/** One thing in which image and workspace differ. */
export type Difference = { readonly what: string; readonly workspace: string; readonly image: string }

/** In what the image's ComfyUI and its surroundings differ from what the workspace's was adopted with. What is not known differs from nothing. */
export function differencesOf(
  marker: Marker,
  image: ImageTree,
  python: Facts['python'],
): readonly Difference[] {
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['version', marker.version, image.version],
    ['commit', marker.commit?.slice(0, 12), image.commit?.slice(0, 12)],
    ['requirements', marker.requirements, image.requirements],
    ['Python', marker.python, python?.version],
    ['torch', marker.torch, python?.torch?.version],
    ['CUDA', marker.cuda, python?.torch?.cuda],
  ]
  return pairs.flatMap(([what, workspace, inImage]) =>
    workspace === undefined || inImage === undefined || workspace === inImage
      ? []
      : [{ what, workspace, image: inImage }],
  )
}

/** Differences as one line: `version 0.33.0 → 0.34.0, torch 2.9.1+cu128 → 2.10.0+cu130`. */
export function differencesText(differences: readonly Difference[]): string {
  return differences.map(({ what, workspace, image }) => `${what} ${workspace} → ${image}`).join(', ')
}
