import { MANIFEST, MARKER } from '../../base/layout.ts'
import type { TreeEntry } from '../../base/tree-entry.ts'
import type { PythonFacts } from '../../facts/device-facts.ts'
import type { ComfySource } from '../../facts/facts.ts'
import { manifestText, type Proof } from '../../facts/manifest.ts'
import type { Marker } from '../../facts/tree-facts.ts'
import type { Host } from '../../host/host.ts'

/** What a marker says besides what was found in the tree itself. */
export type Adopted = {
  readonly source: ComfySource
  /** Path of the tree that was copied, or of the tree that was taken over. */
  readonly from: string
  readonly python: PythonFacts | undefined
  readonly nowMs: number
  readonly proof?: Proof
  readonly importedFrom?: string
}

/** The marker of a tree that becomes ours. */
export function markerOf({ source, from, python, nowMs, proof, importedFrom }: Adopted): Marker {
  const { identity, version, commit, requirements } = source
  return {
    ...{ layout: 1, image: identity, version, commit, requirements, from },
    ...{ python: python?.version, torch: python?.torch?.version, cuda: python?.torch?.cuda },
    adoptedAt: new Date(nowMs).toISOString(),
    ...proof,
    ...(importedFrom === undefined ? {} : { importedFrom }),
  }
}

/** Writes the marker into a tree, which makes it ours. A crash leaves the tree without one or with it. */
export function writeMarker(host: Host, tree: string, marker: Marker): Promise<void> {
  return host.fs.write(`${tree}/${MARKER}`, `${JSON.stringify(marker, undefined, 2)}\n`)
}

/** Writes down what a tree came with. A crash leaves the tree without the list or with it. */
export function writeManifest(host: Host, tree: string, entries: readonly TreeEntry[]): Promise<void> {
  const listed = entries.filter(({ path }) => path !== MARKER && path !== MANIFEST)
  return host.fs.write(`${tree}/${MANIFEST}`, manifestText(listed))
}
