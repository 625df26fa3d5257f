import { IMAGE_MANIFEST } from '../../base/layout.ts'
import type { WantedNode } from '../../base/node.ts'
import { addEntry, removeEntry } from '../../features/nodes/manifest/edit.ts'
import type { WrittenEntry } from '../../features/nodes/manifest/keys.ts'
import { readManifest } from '../../features/nodes/manifest/read-manifest.ts'
import { writtenEntry } from '../../features/nodes/manifest/written-entry.ts'
import type { NodesScene } from './view.ts'

/** What the text of a manifest is made from. */
export type ManifestScene = Pick<NodesScene, 'settings' | 'facts' | 'places' | 'wanted'>

/**
 * The workspace’s manifest with these entries. One that is made for the first time names what was wanted by default too: with a
 * manifest there are no defaults any more. Throws NODES_FILE_INVALID for a text that cannot be edited. Pure.
 */
export function withEntries(
  scene: ManifestScene,
  text: string | undefined,
  entries: readonly WrittenEntry[],
): string {
  const path = scene.places.layout.nodesManifest
  const defaults = text === undefined ? byDefault(scene).map(shortEntry) : []
  let written = text
  for (const entry of [...defaults, ...entries]) written = addEntry(written, entry, path)
  return written ?? emptyManifest(path, [])
}

/**
 * The workspace’s manifest for somebody who does not want these folders any more: their entries are taken out, and what the
 * image’s manifest asks for is switched off. Throws as `withEntries` does. Pure.
 */
export function withoutFolders(
  scene: ManifestScene,
  text: string | undefined,
  folders: readonly string[],
): string {
  const path = scene.places.layout.nodesManifest
  const image = scene.facts.nodeRecords.manifests.find((each) => each.path === IMAGE_MANIFEST)
  const ofImage = new Set(
    image === undefined ? [] : readManifest(image).entries.map(({ folder }) => folder.toLowerCase()),
  )
  const gone = new Set(folders.map((folder) => folder.toLowerCase()))
  const kept = byDefault(scene).filter(({ folder }) => !gone.has(folder.toLowerCase()))
  // An empty list is a manifest all the same: it says that nothing is wanted.
  const begun = text ?? emptyManifest(path, kept.map(shortEntry))
  return folders.reduce((before, folder) => {
    const without = removeEntry(before, folder, path)
    return ofImage.has(folder.toLowerCase()) ? addEntry(without, { folder, enabled: false }, path) : without
  }, begun)
}

/** The wanted nodes that nobody named. */
export function byDefault({ wanted }: Pick<NodesScene, 'wanted'>): readonly WantedNode[] {
  return wanted.nodes.filter(({ from }) => from === 'the default of COMFY_NODES')
}

function emptyManifest(path: string, entries: readonly WrittenEntry[]): string {
  const some = addEntry(undefined, 'a/b', path)
  let text = removeEntry(some, 'b', path)
  for (const entry of entries) text = addEntry(text, entry, path)
  return text
}

// Known by its name alone, as a person would write it.
function shortEntry(node: WantedNode): WrittenEntry {
  return node.source.kind === 'git' && node.source.ref === undefined ? node.folder : writtenEntry(node)
}
